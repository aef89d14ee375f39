// What `corticast selftest` computes: part of a model of the user's, or of one made for the
// occasion.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/atlas/request.h"
#include "engine/model/model.h"

namespace corticast::cli {

// Its model file lives as long as the object.
class SelftestWork {
 public:
  // path: a model file, or "": random weights of that many channels (a multiple of 8) and vertices
  // in a temporary folder. Errors as Model's, write_synthetic's; Error{kOutput} where there is no
  // temporary folder.
  SelftestWork(const std::string& path, int channels, std::uint32_t vertices);
  ~SelftestWork();
  SelftestWork(const SelftestWork&) = delete;
  SelftestWork& operator=(const SelftestWork&) = delete;

  const Model& model() const { return *model_; }
  // The first subject, at most `vertices` rows, spread over every other one of twice the columns.
  const Request& request() const { return request_; }
  std::string describe() const;

 private:
  std::filesystem::path folder_;  // empty for a model of the user's
  std::unique_ptr<Model> model_;
  Request request_;
};

}  // namespace corticast::cli
