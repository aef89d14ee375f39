#include <new>

#include "engine/api/caller_image.h"
#include "engine/api/handles.h"
#include "engine/api/last_error.h"
#include "engine/base/error.h"

using namespace corticast;
using namespace corticast::api;

const char* corticast_version() {
  return CORTICAST_VERSION;
}

corticast_status corticast_model_open(const char* path, corticast_model** model) {
  if (model != nullptr) *model = nullptr;
  return answer([&] {
    require(path, "path");
    require(model, "model");
    auto opened = std::make_unique<corticast_model>();
    opened->model = std::make_shared<const Model>(path);
    const ModelInfo& info = opened->model->info();
    opened->subjects.reserve(info.subjects.size());
    for (const Subject& subject : info.subjects) opened->subjects.push_back(subject.canonical());
    *model = opened.release();
  });
}

void corticast_model_close(corticast_model* model) {
  delete model;
}

corticast_status corticast_model_get_info(const corticast_model* model,
                                          corticast_model_info* info) {
  return answer([&] {
    require(model, "model");
    require(info, "info");
    const ModelInfo& known = model->model->info();
    corticast_model_info value{};
    value.model_id = known.model_id.c_str();
    value.model_hash = known.model_hash.c_str();
    value.vertex_set = known.vertex_set.c_str();
    value.untrained = known.untrained;
    value.multihead = known.multihead;
    value.channels = static_cast<std::uint32_t>(known.channels);
    value.vertices = known.vertices;
    value.subjects = known.subjects.size();
    value.grayordinates = known.has_atlas() ? known.grayordinates.data() : nullptr;
    give(value, info, "corticast_model_info");
  });
}

const char* corticast_model_subject(const corticast_model* model, size_t index) {
  if (model == nullptr || index >= model->subjects.size()) return nullptr;
  return model->subjects[index].c_str();
}

corticast_status corticast_preprocess(const corticast_image* image, uint8_t* pixels) {
  return answer([&] {
    require(image, "image");
    require(pixels, "pixels");
    check_image(*image, "image");
    load_image(*image, pixels);
  });
}
