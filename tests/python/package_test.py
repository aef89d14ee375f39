"""What is installed: complete, importable from anywhere, one exported symbol, stubs that tell the truth."""

import ast
import inspect
import os
import pathlib
import subprocess
import sys
import unittest

import corticast
import corticast.berg
import support

PACKAGE = pathlib.Path(corticast.__file__).parent


class Package(unittest.TestCase):
    def test_installs_as_a_component_of_its_own(self):
        prefix = support.FOLDER / "a prefix"
        subprocess.run(["cmake", "--install", os.environ["CORTICAST_BUILD"], "--component", "python",
                        "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(os.listdir(prefix), ["corticast"])
        installed = {path.name for path in (prefix / "corticast").iterdir()}
        self.assertEqual(installed - {"libcorticast_cuda.so"},
                         {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"})
        script = ("import corticast, sys; model = corticast.load(sys.argv[1]); "
                  "print(corticast.__file__, model.id)")
        path = support.converted("tiny_zip")
        said = subprocess.run([sys.executable, "-B", "-c", script, path], check=True, cwd="/",
                              env={"PYTHONPATH": str(prefix)}, capture_output=True, text=True).stdout
        self.assertTrue(said.startswith(str(prefix / "corticast")), said)
        self.assertIn(corticast.load(path).id, said)

    def test_exports_one_symbol(self):
        extension, = PACKAGE.glob("_core*.so")
        table = subprocess.run(["nm", "-D", "--defined-only", extension], check=True,
                               capture_output=True, text=True).stdout
        self.assertEqual([line.split()[-1] for line in table.splitlines()], ["PyInit__core"])

    def test_prints_nothing_and_leaves_the_process_alone(self):
        script = ("import os, signal, sys, threading\n"
                  "before = dict(os.environ), signal.getsignal(signal.SIGINT), os.getcwd()\n"
                  "import corticast, numpy\n"
                  "model = corticast.load(sys.argv[1])\n"
                  "model.encode(numpy.zeros((2, 9, 9, 3), numpy.uint8))\n"
                  "after = dict(os.environ), signal.getsignal(signal.SIGINT), os.getcwd()\n"
                  "assert before == after and threading.active_count() == 1")
        done = subprocess.run([sys.executable, "-B", "-c", script, support.converted("tiny_zip")],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_stubs_have_the_names_and_arguments_of_the_code(self):
        for module, stub in ((corticast, "__init__.pyi"), (corticast.berg, "berg.pyi")):
            for node in ast.parse((PACKAGE / stub).read_text()).body:
                if isinstance(node, ast.FunctionDef):
                    self.check_function(module, node)
                elif isinstance(node, ast.ClassDef):
                    owner = getattr(module, node.name)
                    for member in node.body:
                        if isinstance(member, ast.FunctionDef):
                            self.check_function(owner, member)
        stubbed = {node.name for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body
                   if isinstance(node, (ast.ClassDef, ast.FunctionDef))} | {"__version__"}
        self.assertEqual(stubbed, set(corticast.__all__))

    def check_function(self, owner, stub):
        found = inspect.getattr_static(owner, stub.name)
        if isinstance(found, property):
            return
        arguments = [argument.arg for argument in stub.args.args + stub.args.kwonlyargs]
        actual = inspect.signature(found)
        plain = [name for name, parameter in actual.parameters.items()
                 if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)]
        if "options" in actual.parameters and owner is corticast.Model:
            plain += list(inspect.signature(owner.encoder).parameters)[1:]
        self.assertEqual(arguments, plain, stub.name)

    def test_everything_public_is_documented(self):
        for module in (corticast, corticast.berg):
            for name, value in vars(module).items():
                if inspect.isclass(value) and not name.startswith("_"):
                    self.assertTrue(value.__doc__, name)
                    for member, function in vars(value).items():
                        if inspect.isfunction(function) and not member.startswith("_"):
                            self.assertTrue(function.__doc__, f"{name}.{member}")


if __name__ == "__main__":
    unittest.main()
