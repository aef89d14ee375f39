#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "engine/base/text.h"
#include "engine/model/model_file.h"
#include "weights_tool/commands.h"

namespace corticast::weights {
namespace {

struct Options {
  std::string model;
  bool json = false;
  bool all = false;
};

bool shown(const safetensors::Tensor& tensor, const Options& options) {
  return options.all || !tensor.name.starts_with(format::kSumPrefix);
}

void print_json(const ModelFile& file, const Options& options) {
  nlohmann::ordered_json out;
  out["path"] = options.model;
  out["file_bytes"] = file.map().bytes().size();
  out["metadata"] = file.header().metadata;
  out["tensors"] = nlohmann::ordered_json::array();
  for (const safetensors::Tensor& tensor : file.header().tensors) {
    if (!shown(tensor, options)) continue;
    out["tensors"].push_back({{"name", tensor.name},
                              {"dtype", safetensors::dtype_name(tensor.dtype)},
                              {"shape", tensor.shape},
                              {"bytes", tensor.bytes()},
                              {"offset", tensor.begin}});
  }
  // A path may be any bytes; JSON text may not.
  std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_table(const ModelFile& file, const Options& options) {
  std::cout << options.model << ": " << grouped(file.map().bytes().size()) << " bytes\n\n";
  for (const auto& [key, value] : file.header().metadata) {
    std::cout << std::left << std::setw(16) << key << value << "\n";
  }
  std::cout << "\n"
            << std::left << std::setw(44) << "tensor" << std::setw(22) << "type" << std::right
            << std::setw(16) << "bytes" << std::setw(16) << "offset"
            << "\n";
  for (const safetensors::Tensor& tensor : file.header().tensors) {
    if (!shown(tensor, options)) continue;
    std::cout << std::left << std::setw(44) << tensor.name << std::setw(22) << tensor.describe()
              << std::right << std::setw(16) << grouped(tensor.bytes()) << std::setw(16)
              << grouped(tensor.begin) << "\n";
  }
}

int run(const Options& options) {
  const ModelFile file(options.model);
  if (!file.header_intact()) refuse_damaged(file.path(), "the header");
  options.json ? print_json(file, options) : print_table(file, options);
  return 0;
}

}  // namespace

void add_inspect(CLI::App& app) {
  cli::add_command(app, "inspect", "Show what is in a model file, from its header alone",
                   [](CLI::App& command) {
                     const auto options = std::make_shared<Options>();
                     command.add_option("MODEL", options->model, "Model file")->required();
                     command.add_flag("--json", options->json, "Print JSON");
                     command.add_flag("--all", options->all, "Show the checksum tensors, too");
                     return [options] { return run(*options); };
                   });
}

}  // namespace corticast::weights
