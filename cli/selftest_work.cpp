#include "cli/selftest_work.h"

#include <unistd.h>

#include <cstdlib>

#include "cli/words.h"
#include "engine/backend/comparison.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/synthetic.h"

namespace corticast::cli {
namespace {

std::filesystem::path make_folder() {
  std::error_code error;
  const std::filesystem::path place = std::filesystem::temp_directory_path(error);
  std::string name = (place / "corticast-selftest-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorCode::kOutput, name + ": no temporary folder can be made",
                "Set TMPDIR to a folder that can be written, or give a model with -m.");
  }
  return name;
}

Request request_for(const ModelInfo& info, std::uint32_t vertices) {
  Request request;
  const std::string name = info.subjects.empty() ? "readout" : info.subjects.front().canonical();
  request.targets = {{0, {"readout"}, name}};
  for (const std::size_t row : sample_indices(info.vertices, vertices)) {
    request.positions.push_back(2 * static_cast<std::uint32_t>(request.rows.size()) + 1);
    request.rows.push_back(static_cast<std::uint32_t>(row));
  }
  request.columns = 2 * static_cast<std::uint32_t>(request.rows.size());
  return request;
}

}  // namespace

SelftestWork::SelftestWork(const std::string& path, int channels, std::uint32_t vertices) {
  if (!path.empty()) {
    model_ = std::make_unique<Model>(path);
  } else {
    folder_ = make_folder();
    SyntheticModel synthetic;
    synthetic.features = channels / 8;
    synthetic.vertices = vertices;
    if (const auto subject = parse_subject("NSD-01")) synthetic.subjects = {*subject};
    synthetic.converter = std::string("corticast selftest ") + CORTICAST_VERSION;
    try {
      write_synthetic(folder_ / "model", synthetic);
      model_ = std::make_unique<Model>(folder_ / "model");
    } catch (...) {
      std::error_code ignored;
      std::filesystem::remove_all(folder_, ignored);
      throw;
    }
  }
  request_ = request_for(model_->info(), vertices);
}

SelftestWork::~SelftestWork() {
  if (folder_.empty()) return;
  model_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string SelftestWork::describe() const {
  return (folder_.empty() ? printable(model_->info().model_id) : "random weights") + ", " +
         std::to_string(model_->info().channels) + " channels, " + grouped(request_.rows.size()) +
         " vertices of one subject";
}

}  // namespace corticast::cli
