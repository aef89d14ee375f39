#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/api/caller_image.h"
#include "engine/api/handles.h"
#include "engine/api/last_error.h"
#include "engine/base/error.h"

using namespace corticast;
using namespace corticast::api;

namespace {

// A word of the caller's: NULL leaves the default. An empty one is a mistake that would otherwise
// select everything.
void read_word(const char* given, const char* name, std::string& word) {
  if (given == nullptr) return;
  if (*given == '\0') {
    throw Error(ErrorCode::kUsage, "options: " + std::string(name) + " is empty",
                "NULL stands for the default.");
  }
  word = given;
}

RequestSpec request_spec(const corticast_options& options) {
  RequestSpec spec;
  std::string roi;
  read_word(options.subjects, "subjects", spec.subjects);
  read_word(options.roi, "roi", roi);
  read_word(options.groups, "groups", spec.groups);
  read_word(options.reduce, "reduce", spec.reduce);
  read_word(options.min_noise_ceiling, "min_noise_ceiling", spec.min_noise_ceiling);
  if (!roi.empty()) spec.roi.push_back(roi);
  if (options.vertex_count > 0) {
    require(options.vertices, "options: vertices");
    spec.vertices.assign(options.vertices, options.vertices + options.vertex_count);
  }
  spec.expand = options.expand != 0;
  return spec;
}

Method method_of(const corticast_options& options) {
  std::string precision = "fp32";
  std::string readout = "auto";
  read_word(options.precision, "precision", precision);
  read_word(options.readout, "readout", readout);
  Method method = parse_precision(precision);
  method.readout = parse_readout_method(readout);
  if (options.input != CORTICAST_IMAGES && options.input != CORTICAST_NORMALISED) {
    throw Error(ErrorCode::kUsage, "options: input is " + std::to_string(options.input) +
                                       ", neither CORTICAST_IMAGES nor CORTICAST_NORMALISED");
  }
  method.input =
      options.input == CORTICAST_NORMALISED ? InputKind::kNormalised : InputKind::kPixels;
  return method;
}

EncoderOptions encoder_options(const corticast_options& options) {
  EncoderOptions result;
  result.request = request_spec(options);
  result.method = method_of(options);
  read_word(options.device, "device", result.device.device);
  if (options.threads > 4096) {
    throw Error(ErrorCode::kUsage,
                "options: threads is " + std::to_string(options.threads) + ", at most 4096 can be");
  }
  result.device.threads = options.threads;
  result.batch = options.batch;
  if (options.log != nullptr) {
    result.log = [log = options.log, user = options.user](const std::string& message) {
      log(message.c_str(), user);
    };
  }
  if (options.progress != nullptr) {
    result.go_on = [progress = options.progress, user = options.user](std::size_t done,
                                                                      std::size_t total) {
      return progress(done, total, user) == 0;
    };
  }
  return result;
}

void check_responses(const Encoder& encoder, float* const* responses) {
  require(responses, "responses");
  for (std::size_t t = 0; t < encoder.request().targets.size(); ++t) {
    if (responses[t] != nullptr) continue;
    throw Error(ErrorCode::kUsage, "responses[" + std::to_string(t) + "] is NULL");
  }
}

void check_kind(const Encoder& encoder, InputKind kind, const char* remedy) {
  if (encoder.method().input == kind) return;
  throw Error(ErrorCode::kUsage, "the encoder was made for another kind of input", remedy);
}

const Target* target_of(const corticast_encoder* encoder, std::size_t target) {
  if (encoder == nullptr || target >= encoder->encoder.request().targets.size()) return nullptr;
  return &encoder->encoder.request().targets[target];
}

// {"NaturalScenesDataset", "sub-01"}, or {"readout"}, where neither is known.
const char* path_item(const corticast_encoder* encoder, std::size_t target, std::size_t item) {
  const Target* const found = target_of(encoder, target);
  if (found == nullptr) return nullptr;
  return found->result_path.size() == 2 ? found->result_path[item].c_str() : "";
}

}  // namespace

void corticast_options_init(corticast_options* options, size_t struct_size) {
  if (options == nullptr || struct_size < sizeof struct_size) return;
  std::memset(options, 0, struct_size);
  options->struct_size = struct_size;
}

corticast_status corticast_encoder_create(const corticast_model* model,
                                          const corticast_options* options,
                                          corticast_encoder** encoder) {
  if (encoder != nullptr) *encoder = nullptr;
  return answer([&] {
    require(model, "model");
    require(encoder, "encoder");
    *encoder = new corticast_encoder{{model->model, encoder_options(take(options))}};
  });
}

void corticast_encoder_destroy(corticast_encoder* encoder) {
  delete encoder;
}

corticast_status corticast_encoder_get_layout(const corticast_encoder* encoder,
                                              corticast_layout* layout) {
  return answer([&] {
    require(encoder, "encoder");
    require(layout, "layout");
    const Request& request = encoder->encoder.request();
    const ColumnLabels& labels = request.labels;
    corticast_layout value{};
    value.targets = request.targets.size();
    value.columns = request.columns;
    value.batch = encoder->encoder.batch();
    value.device = encoder->encoder.device().c_str();
    value.grayordinates = labels.grayordinate.empty() ? nullptr : labels.grayordinate.data();
    value.groups = labels.group.empty() ? nullptr : labels.group.data();
    give(value, layout, "corticast_layout");
  });
}

const char* corticast_encoder_target_name(const corticast_encoder* encoder, size_t target) {
  const Target* const found = target_of(encoder, target);
  return found == nullptr ? nullptr : found->name.c_str();
}

const char* corticast_encoder_target_dataset(const corticast_encoder* encoder, size_t target) {
  return path_item(encoder, target, 0);
}

const char* corticast_encoder_target_subject(const corticast_encoder* encoder, size_t target) {
  return path_item(encoder, target, 1);
}

const char* corticast_encoder_column_name(const corticast_encoder* encoder, size_t column) {
  if (encoder == nullptr) return nullptr;
  const Request& request = encoder->encoder.request();
  if (column >= request.columns) return nullptr;
  if (request.reduction) return request.reduction->names[column].c_str();
  return request.labels.roi.empty() ? "" : request.labels.roi[column].c_str();
}

corticast_status corticast_encode_images(corticast_encoder* encoder, const corticast_image* images,
                                         size_t n, float* const* responses) {
  return answer([&] {
    require(encoder, "encoder");
    check_kind(encoder->encoder, InputKind::kPixels,
               "This one takes corticast_encode_normalised().");
    if (n == 0) return;
    require(images, "images");
    check_responses(encoder->encoder, responses);
    for (std::size_t k = 0; k < n; ++k) check_image(images[k], "image " + std::to_string(k));
    encoder->encoder.encode(
        n, [images](std::size_t k, std::uint8_t* slot) { load_image(images[k], slot); }, responses);
  });
}

corticast_status corticast_encode_normalised(corticast_encoder* encoder, const float* input,
                                             size_t n, float* const* responses) {
  return answer([&] {
    require(encoder, "encoder");
    check_kind(encoder->encoder, InputKind::kNormalised,
               "This one takes corticast_encode_images(); for the other set options.input.");
    if (n == 0) return;
    require(input, "input");
    check_responses(encoder->encoder, responses);
    encoder->encoder.encode(
        n,
        [input](std::size_t k, std::uint8_t* slot) {
          std::memcpy(slot, input + k * kImageValues, kImageValues * sizeof(float));
        },
        responses);
  });
}
