// Small models and pictures for tests of the C functions, and calls of them that must succeed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/api/corticast.h"
#include "tests/support/temporary.h"

namespace corticast::test {

struct CloseHandle {
  void operator()(corticast_model* model) const { corticast_model_close(model); }
  void operator()(corticast_encoder* encoder) const { corticast_encoder_destroy(encoder); }
};
using ModelHandle = std::unique_ptr<corticast_model, CloseHandle>;
using EncoderHandle = std::unique_ptr<corticast_encoder, CloseHandle>;

// 8 channels, random weights: NSD-01 and NSD-03 on the visual vertices; or one head of 40 vertices
// without an atlas.
const std::string& visual_model();
const std::string& plain_model();

// On the CPU, in the two areas MT of the visual model.
corticast_options small_options();

ModelHandle open(const std::string& path);
EncoderHandle encoder(const std::string& path, const corticast_options& options);
corticast_layout layout_of(const EncoderHandle& encoder);

// A picture of noise in rows of samples beside each other.
struct Picture {
  Picture(std::uint32_t width, std::uint32_t height, std::uint64_t seed);
  corticast_image image() const;

  std::uint32_t width;
  std::uint32_t height;
  std::vector<std::uint8_t> rgb;
};
std::vector<Picture> pictures(std::size_t count);
std::vector<corticast_image> images_of(const std::vector<Picture>& pictures);

// [targets][n * columns]
using Arrays = std::vector<std::vector<float>>;
std::vector<float*> pointers(Arrays& arrays);
// Arrays of the encoder's shape, full of -7: what nobody wrote.
Arrays arrays_for(const EncoderHandle& encoder, std::size_t n);
Arrays encode(const EncoderHandle& encoder, const std::vector<corticast_image>& images);

// Bit for bit, NaN included.
bool same(const Arrays& a, const Arrays& b);

}  // namespace corticast::test
