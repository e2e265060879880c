"""Compile the contracts into the artifacts that the Python package ships.

    compile_contracts.py SOURCES ARTIFACTS      write one JSON file per contract, interface and library
    compile_contracts.py --compare ARTIFACTS FORGE_OUT   fail unless forge built the same code

The settings are foundry.toml's, so that the code under test is the code that is deployed. A native compiler
of the pinned version is used where py-solc-x has one installed, else the npm package's; each artifact says
which.
"""

import hashlib
import json
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WRAPPER = ROOT / "scripts" / "solc"
OUTPUT = ["abi", "evm.bytecode.object", "evm.bytecode.linkReferences", "evm.deployedBytecode.object"]
OUTPUT += ["evm.deployedBytecode.immutableReferences", "evm.methodIdentifiers", "metadata", "storageLayout"]


def pinned_version() -> str:
    """The compiler version that package.json pins."""
    version: str = json.loads((ROOT / "package.json").read_text())["devDependencies"]["solc"]
    return version


def compiler() -> tuple[Path, str]:
    """The compiler to use, and what to call it in the artifacts."""
    from solcx.install import get_executable, get_solcx_install_folder

    version = pinned_version()
    try:
        return get_executable(version, get_solcx_install_folder()), "native"
    except Exception:  # noqa: BLE001  py-solc-x raises several, all of which mean that it has none
        return WRAPPER, "npm"


def settings() -> dict[str, Any]:
    """The compiler settings of foundry.toml in the compiler's own words."""
    forge = tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]
    return {
        "remappings": forge["remappings"],
        "evmVersion": forge["evm_version"],
        "viaIR": forge["via_ir"],
        "optimizer": {"enabled": forge["optimizer"], "runs": forge["optimizer_runs"]},
        "metadata": {"bytecodeHash": forge["bytecode_hash"], "appendCBOR": forge["cbor_metadata"]},
        "outputSelection": {"*": {"*": OUTPUT}},
    }


def compile_sources(files: list[Path]) -> dict[str, dict[str, dict[str, Any]]]:
    """The compiler's output by source path and contract name; exits with its messages when it refuses."""
    import solcx
    from solcx.exceptions import SolcError

    binary, _ = compiler()
    sources = {file.relative_to(ROOT).as_posix(): {"content": file.read_text()} for file in files}
    request = {"language": "Solidity", "sources": sources, "settings": settings()}
    try:
        answer = solcx.compile_standard(
            request, solc_binary=binary, base_path=ROOT, allow_paths=[ROOT / "node_modules"]
        )
    except SolcError as error:
        sys.exit("\n".join(e["formattedMessage"] for e in error.error_dict or []) or str(error))
    contracts: dict[str, dict[str, dict[str, Any]]] = answer["contracts"]
    return {path: built for path, built in contracts.items() if path in sources}


def artifact(path: str, name: str, built: dict[str, Any]) -> dict[str, Any]:
    """What the package keeps of one contract."""
    metadata = json.loads(built["metadata"])
    hashes = {source: entry["keccak256"] for source, entry in sorted(metadata["sources"].items())}
    evm = built["evm"]
    return {
        "name": name,
        "source": path,
        "sourceHash": hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest(),
        "sources": hashes,
        "compiler": {"version": metadata["compiler"]["version"], "build": compiler()[1]},
        "settings": {k: v for k, v in metadata["settings"].items() if k != "compilationTarget"},
        "abi": built["abi"],
        "methodIdentifiers": evm.get("methodIdentifiers", {}),
        "bytecode": "0x" + evm["bytecode"]["object"],
        "linkReferences": evm["bytecode"].get("linkReferences", {}),
        "deployedBytecode": "0x" + evm["deployedBytecode"]["object"],
        "immutableReferences": evm["deployedBytecode"].get("immutableReferences", {}),
        "storageLayout": built.get("storageLayout", {}),
    }


def write(sources: Path, artifacts: Path) -> None:
    """Compile everything below `sources` and replace the folder `artifacts`."""
    files = sorted(sources.rglob("*.sol"))
    if not files:
        print(f"no contracts in {sources.name}/ yet", file=sys.stderr)
        return
    found: dict[str, dict[str, Any]] = {}
    for path, contracts in compile_sources(files).items():
        for name, built in contracts.items():
            if name in found:
                sys.exit(f"two contracts are named {name}: in {found[name]['source']} and {path}")
            found[name] = artifact(path, name, built)
    artifacts.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=artifacts.parent, prefix=".artifacts-"))
    fresh.chmod(0o755)
    for name, content in found.items():
        (fresh / f"{name}.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    shutil.rmtree(artifacts, ignore_errors=True)
    fresh.rename(artifacts)
    print(f"{len(found)} artifacts from {len(files)} files, solc {pinned_version()}", file=sys.stderr)


def compare(artifacts: Path, forge_out: Path) -> None:
    """Exit with the names of the contracts whose code differs from what forge built and tested."""
    differing = []
    for file in sorted(artifacts.glob("*.json")):
        ours = json.loads(file.read_text())
        theirs = forge_out / Path(ours["source"]).name / file.name
        built = json.loads(theirs.read_text())["bytecode"]["object"] if theirs.exists() else "nothing"
        if built != ours["bytecode"]:
            differing.append(ours["name"])
    if differing:
        sys.exit(f"forge built other code than the artifacts hold: {', '.join(differing)}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--compare", artifacts, forge_out]:
            compare(Path(artifacts), Path(forge_out))
        case [sources, artifacts]:
            write(Path(sources).resolve(), Path(artifacts).resolve())
        case _:
            sys.exit(__doc__)
