// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Head} from "../../contracts/types/Heads.sol";
import {State} from "../../contracts/types/State.sol";
import {Handler} from "./Handler.sol";
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice What holds after whatever anybody relayed: INVARIANTS.md in code, in the same order. All are looked at in one
/// campaign, because nine would relay the same groups nine times.
/// forge-config: default.invariant.fail-on-revert = true
/// forge-config: default.invariant.runs = 24
/// forge-config: default.invariant.depth = 64
contract InvariantsTest is World {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private _handler;

    function setUp() public override {
        super.setUp();
        _handler = new Handler(consignments, participants);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), new bytes4[](4));
        targets[0].selectors[0] = Handler.relay.selector;
        targets[0].selectors[1] = Handler.relay.selector;
        targets[0].selectors[2] = Handler.relayWithLittleGas.selector;
        targets[0].selectors[3] = Handler.pass.selector;
    }

    function invariant_EveryRuleHolds() external view {
        _keeps(Handler.Rule.ONLY_A_COMPETENT_VALID_KEY, "1");
        _headsEqualTheFoldOfEvents();
        _historyNeverShrinks();
        _keeps(Handler.Rule.TERMINAL_IS_LEFT_BY_REINSTATE, "4");
        _keeps(Handler.Rule.NOBODY_ELSE, "5");
        _keeps(Handler.Rule.A_REFUSED_RECORD_CHANGES_NOTHING, "6");
        _keeps(Handler.Rule.NO_RECORD_REVERTS_ITS_GROUP, "7");
        _keeps(Handler.Rule.NO_GAS_LIMIT_REFUSES, "8");
        _keeps(Handler.Rule.AN_OUTSIDER_LEAVES_NO_TRACE, "9");
    }

    /// @dev Rules that nothing was tried against would prove nothing.
    function test_TheHandlerIsBusy() external {
        for (uint256 i = 0; i < 400; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            if (seed % 4 == 0) _handler.pass(seed);
            else _handler.relay(seed);
        }
        _true(_handler.recorded() > 300, string.concat(vm.toString(_handler.recorded()), " recorded"));
        _true(_handler.refused() > 100, string.concat(vm.toString(_handler.refused()), " refused"));
        _true(_handler.corrected() > 2, string.concat(vm.toString(_handler.corrected()), " reinstated"));
        (uint256 nodes, uint256 relying, uint256 seals) = _handler.recognised();
        _true(nodes > 2, string.concat(vm.toString(nodes), " recognised"));
        _true(relying + seals > 0, string.concat(vm.toString(relying), " relying"));
        this.invariant_EveryRuleHolds();
    }

    function _keeps(Handler.Rule rule, string memory number) private view {
        string memory what = _handler.broken(rule);
        if (bytes(what).length != 0) revert(string.concat("invariant ", number, ": ", what));
    }

    /// @dev Invariant 2.
    function _headsEqualTheFoldOfEvents() private view {
        bytes32[] memory all = _handler.ids();
        for (uint256 i = 0; i < all.length; ++i) {
            _isFolded(all[i]);
        }
        all = _handler.consignmentIds();
        for (uint256 i = 0; i < all.length; ++i) {
            (bytes32 head,) = consignments.consignment(all[i]);
            _equal(head, Head.unwrap(_handler.consignmentHead(all[i])), "invariant 2: consignment");
        }
        uint32[7] memory members = [A, B, C, OPERATOR, AGENT, OTHER, AGENCY];
        for (uint256 i = 0; i < members.length; ++i) {
            bytes32 head = Head.unwrap(_handler.organisationHead(members[i]));
            _equal(participants.organisationHead(members[i]), head, "invariant 2: organisation");
            uint256 version = participants.encryptionVersion(members[i]);
            _equal(version, _handler.encryptionVersion(members[i]), "invariant 2: encryption key");
        }
        _equal(participants.councilHead(), Head.unwrap(_handler.councilHead()), "invariant 2: council");
    }

    function _isFolded(bytes32 id) private view {
        (Head settled, bytes32 request, Head holds, State state) = _handler.folded(id);
        (bytes32 head, bytes32 pending, bytes32 held, bytes32 publicHead) = consignments.heads(id);
        _equal(head, Head.unwrap(settled), "invariant 2: settled head");
        _equal(pending, request, "invariant 2: pending request");
        _equal(held, Head.unwrap(holds), "invariant 2: hold head");
        _equal(publicHead, settled.publish(request, holds), "invariant 2: public head");
        _equal(_state(id), State.unwrap(state), "invariant 2: state");
        for (uint16 version = 0; version <= state.version() + 1; ++version) {
            _equal(consignments.erasure(id, version), _handler.erasedBy(id, version), "invariant 2: erasure");
        }
    }

    /// @dev Invariant 3: what was recorded is still a step of its history, and what was superseded stays so.
    function _historyNeverShrinks() private view {
        bytes32[] memory all = _handler.ids();
        for (uint256 i = 0; i < all.length; ++i) {
            bytes32[2][] memory steps = _handler.stepsOf(all[i]);
            Head head;
            for (uint256 j = 0; j < steps.length; ++j) {
                head = head.settle(steps[j][0], steps[j][1]);
                bool superseded = consignments.superseded(steps[j][1]);
                _true(superseded == _handler.wasSuperseded(steps[j][1]), "invariant 3: superseded");
            }
            _equal(_settled(all[i]), Head.unwrap(head), "invariant 3: history");
        }
    }
}
