#include <iomanip>
#include <iostream>
#include <memory>

#include "cli/program.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/integrity.h"
#include "weights_tool/commands.h"

namespace corticast::weights {
namespace {

std::string describe(const TensorDamage& damage) {
  if (!damage.any()) return "ok";
  std::string text;
  if (damage.blocks != 0) {
    text = "DAMAGED: blocks " + grouped(damage.blocks) + ", the first at row " +
           std::to_string(damage.first_row);
  }
  if (damage.padding) text += (text.empty() ? "DAMAGED: " : "; ") + std::string("padding not zero");
  return text;
}

// One line of the report.
void report(const std::string& what, std::uint64_t bytes, const std::string& verdict) {
  std::cout << std::left << std::setw(44) << what << std::right << std::setw(16) << grouped(bytes)
            << "  " << verdict << std::endl;
}

int run(const std::string& path) {
  const ModelFile file(path);
  const std::uint64_t header_bytes = file.header().data_begin;
  report("header", header_bytes, file.header_intact() ? "ok" : "DAMAGED");
  std::uint64_t bytes = header_bytes;
  const Integrity found =
      check_integrity(file, [&](const BlockTensor& tensor, const TensorDamage& damage) {
        report(tensor.tensor().name, tensor.tensor().bytes(), describe(damage));
        bytes += tensor.tensor().bytes();
      });
  std::cout << "model hash " << file.info().model_hash
            << (found.model_hash ? "  ok" : "  DAMAGED: the checksums give another") << "\n";
  if (!found.intact()) {
    std::cout << path << ": damaged; copy or convert it again\n";
    return static_cast<int>(ErrorCode::kDifference);
  }
  file.verified_grayordinates();  // refuses values that were written wrong
  std::cout << path << ": " << grouped(bytes) << " bytes intact\n";
  return 0;
}

}  // namespace

void add_verify(CLI::App& app) {
  cli::add_command(app, "verify", "Check every checksum of a model file", [](CLI::App& command) {
    const auto model = std::make_shared<std::string>();
    command.add_option("MODEL", *model, "Model file")->required();
    return [model] { return run(*model); };
  });
}

}  // namespace corticast::weights
