"""Builds the package (PEP 517) with the standard library. Beside the modules of podium/ a wheel has the tables' front end, which is
taken from where it is in the clone: there is one source of it."""
import base64
import hashlib
import io
import pathlib
import tarfile
import tomllib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
DATA = {"podium-elements.js": "plugins/dashboard/web/dist/podium-elements.js", "podium-table.js": "kernel/share/podium-table.js"}
STAMP = (2020, 1, 1, 0, 0, 0)  # same sources, same bytes


def _project():
    return tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _files():
    """What is installed: path -> bytes."""
    files = {f"podium/{f.name}": f.read_bytes() for f in sorted((HERE / "podium").glob("*.py"))}
    for name, in_clone in DATA.items():
        kept = HERE / "podium/data" / name  # in a source distribution
        file = kept if kept.is_file() else HERE.parents[1] / in_clone
        if not file.is_file():
            raise SystemExit(f"{file} is missing: build from a clone of podium")
        files[f"podium/data/{name}"] = file.read_bytes()
    return files


def _metadata():
    project = _project()
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}", f"Summary: {project['description']}",
             f"Requires-Python: {project['requires-python']}"]
    lines += [f"Requires-Dist: {d}" for d in project["dependencies"]]
    for extra, wanted in project["optional-dependencies"].items():
        lines += [f"Provides-Extra: {extra}"] + [f'Requires-Dist: {d}; extra == "{extra}"' for d in wanted]
    readme = (HERE / project["readme"]).read_text(encoding="utf-8")
    return ("\n".join(lines) + f"\nDescription-Content-Type: text/markdown\n\n{readme}").encode()


def _name():
    project = _project()
    return f"{project['name'].replace('-', '_')}-{project['version']}"


def get_requires_for_build_wheel(config_settings=None):
    return []


get_requires_for_build_sdist = get_requires_for_build_wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    info = f"{_name()}.dist-info"
    files = _files()
    files[f"{info}/METADATA"] = _metadata()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: podium\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = ""
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    wheel = f"{_name()}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / wheel, "w", zipfile.ZIP_DEFLATED) as out:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, STAMP)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
    return wheel


def build_sdist(sdist_directory, config_settings=None):
    files = _files() | {f: (HERE / f).read_bytes() for f in ("pyproject.toml", "README.md", pathlib.Path(__file__).name)}
    files["PKG-INFO"] = _metadata()
    archive = f"{_name()}.tar.gz"
    with tarfile.open(pathlib.Path(sdist_directory) / archive, "w:gz") as out:
        for path, content in files.items():
            entry = tarfile.TarInfo(f"{_name()}/{path}")
            entry.size = len(content)
            out.addfile(entry, io.BytesIO(content))
    return archive
