#include "tests/api/support.h"

#include <cstring>

#include "engine/atlas/vertices.h"
#include "engine/model/synthetic.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

namespace corticast::test {
namespace {

struct ModelFile {
  ModelFile(bool atlas) {
    SyntheticModel model;
    model.features = 1;
    model.seed = 3;
    model.vertices = 40;
    if (atlas) {
      model.grayordinates = vertex_list(VertexSet::kVisual);
      model.vertices = static_cast<std::uint32_t>(model.grayordinates.size());
      model.vertex_set = "visual";
      model.subjects = {*parse_subject("NSD-01"), *parse_subject("NSD-03")};
    }
    write_synthetic(path, model);
  }
  TemporaryFolder folder;
  std::string path = (folder / "model").string();
};

}  // namespace

const std::string& visual_model() {
  static const ModelFile file(true);
  return file.path;
}

const std::string& plain_model() {
  static const ModelFile file(false);
  return file.path;
}

corticast_options small_options() {
  corticast_options options;
  corticast_options_init(&options, sizeof options);
  options.roi = "MT";
  options.device = "cpu";
  options.threads = 2;
  options.batch = 4;
  return options;
}

ModelHandle open(const std::string& path) {
  corticast_model* model = nullptr;
  const corticast_status status = corticast_model_open(path.c_str(), &model);
  INFO(corticast_last_error());
  REQUIRE(status == CORTICAST_OK);
  return ModelHandle(model);
}

EncoderHandle encoder(const std::string& path, const corticast_options& options) {
  corticast_encoder* made = nullptr;
  const corticast_status status = corticast_encoder_create(open(path).get(), &options, &made);
  INFO(corticast_last_error());
  REQUIRE(status == CORTICAST_OK);
  return EncoderHandle(made);
}

corticast_layout layout_of(const EncoderHandle& encoder) {
  corticast_layout layout{};
  layout.struct_size = sizeof layout;
  REQUIRE(corticast_encoder_get_layout(encoder.get(), &layout) == CORTICAST_OK);
  return layout;
}

Picture::Picture(std::uint32_t w, std::uint32_t h, std::uint64_t seed)
    : width(w), height(h), rgb(std::size_t{3} * w * h) {
  Random random(seed);
  for (std::uint8_t& sample : rgb) sample = static_cast<std::uint8_t>(random.bits());
}

corticast_image Picture::image() const {
  return {rgb.data(), width, height, static_cast<std::ptrdiff_t>(width) * 3, 3, 1};
}

std::vector<Picture> pictures(std::size_t count) {
  std::vector<Picture> made;
  made.reserve(count);
  for (std::size_t k = 0; k < count; ++k) {
    const auto more = static_cast<std::uint32_t>(k);
    made.emplace_back(200 + 24 * (more % 3), 224 + 31 * (more % 2), k);
  }
  return made;
}

std::vector<corticast_image> images_of(const std::vector<Picture>& pictures) {
  std::vector<corticast_image> images;
  images.reserve(pictures.size());
  for (const Picture& picture : pictures) images.push_back(picture.image());
  return images;
}

std::vector<float*> pointers(Arrays& arrays) {
  std::vector<float*> firsts;
  firsts.reserve(arrays.size());
  for (std::vector<float>& array : arrays) firsts.push_back(array.data());
  return firsts;
}

Arrays arrays_for(const EncoderHandle& encoder, std::size_t n) {
  const corticast_layout layout = layout_of(encoder);
  return Arrays(layout.targets, std::vector<float>(n * layout.columns, -7));
}

Arrays encode(const EncoderHandle& encoder, const std::vector<corticast_image>& images) {
  Arrays arrays = arrays_for(encoder, images.size());
  const std::vector<float*> firsts = pointers(arrays);
  const corticast_status status =
      corticast_encode_images(encoder.get(), images.data(), images.size(), firsts.data());
  INFO(corticast_last_error());
  REQUIRE(status == CORTICAST_OK);
  return arrays;
}

bool same(const Arrays& a, const Arrays& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t t = 0; t < a.size(); ++t) {
    if (a[t].size() != b[t].size() ||
        std::memcmp(a[t].data(), b[t].data(), a[t].size() * sizeof(float)) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace corticast::test
