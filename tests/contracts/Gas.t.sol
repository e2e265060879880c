// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DecisionKind} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice What a transaction costs, all in: its 21,000, its calldata, its execution on cold storage, less refunds.
/// forge-config: default.isolate = true
contract GasTest is World {
    uint256 private constant MANY = 100;

    event Spent(uint256 each);

    function test_OpeningAlone() external {
        _spends(_list(_of(_declaration())), 100_000);
    }

    function test_OpeningInAGroup() external {
        Records.Entry[] memory group = new Records.Entry[](MANY);
        for (uint256 i = 0; i < MANY; ++i) {
            group[i] = _of(_declaration());
        }
        _spends(group, 75_000 * MANY);
    }

    /// @dev The first to join also makes the consignment's head: a third new slot.
    function test_JoiningAlone() external {
        _spends(_list(_of(_joiner(_lodged()))), 125_000);
    }

    /// @dev As most that join do: before another administration than the one that admitted the declarant.
    function test_JoiningAbroad() external {
        Records.Declaration memory r = _joiner(_lodged());
        r.administration = B;
        _spends(_list(_of(r)), 125_000);
    }

    function test_JoiningLater() external {
        bytes32 id = _lodged();
        _record(_of(_joiner(id)));
        _spends(_list(_of(_joiner(id))), 110_000);
    }

    function test_JoiningInAGroup() external {
        Records.Entry[] memory group = new Records.Entry[](MANY);
        for (uint256 i = 0; i < MANY; ++i) {
            group[i] = _of(_joiner(_lodged()));
        }
        _spends(group, 100_000 * MANY);
    }

    function test_DecisionAlone() external {
        bytes32 id = _accepted();
        _spends(_list(_of(_plain(id))), 60_000);
    }

    function test_DecisionInAGroup() external {
        Records.Entry[] memory group = new Records.Entry[](MANY);
        for (uint256 i = 0; i < MANY; ++i) {
            group[i] = _of(_plain(_accepted()));
        }
        _spends(group, 35_000 * MANY);
    }

    /// @dev A release as most are: the whole declaration, nothing withheld, no further evidence.
    function _plain(bytes32 id) private returns (Records.Decision memory r) {
        r = _decision(id, DecisionKind.RELEASE);
        r.evidence = 0;
    }

    function _spends(Records.Entry[] memory entries, uint256 budget) private {
        bytes memory data = abi.encodeCall(consignments.record, (entries));
        (bool done,) = address(consignments).call(data);
        _true(done, "recorded");
        uint256 spent = vm.lastCallGas().gasTotalUsed;
        emit Spent(spent / entries.length);
        _true(spent <= budget, string.concat(vm.toString(spent / entries.length), " gas each"));
    }
}
