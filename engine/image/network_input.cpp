#include "engine/image/network_input.h"

#include <algorithm>
#include <cstring>

#include "engine/base/instruction_set.h"
#include "engine/image/decode.h"

namespace corticast {

void NetworkInput::begin(std::uint32_t width, std::uint32_t height) {
  crop_ = centre_crop(width, height);
  stride_ = std::size_t{3} * width;
  if (crop_.side != kNetworkSide) {
    resize_.emplace(crop_.side, kNetworkSide, chosen_isa(), out_);
  }
  strip_rows_ = resize_ ? resize_->strip_rows() : 1;
  strip_ = std::make_unique_for_overwrite<std::uint8_t[]>(strip_rows_ * stride_);
}

// Rows above and below the crop are written over each other, and over rows that are done with.
std::uint8_t* NetworkInput::next_row() {
  if (held_ == strip_rows_) give_strip();
  const std::size_t row = begun_++;
  if (row < crop_.top) return strip_.get();
  if (row >= std::size_t{crop_.top} + crop_.side) {
    if (held_ > 0) give_strip();
    return strip_.get();
  }
  return strip_.get() + stride_ * held_++;
}

void NetworkInput::finish() {
  if (held_ > 0) give_strip();
}

void NetworkInput::give_strip() {
  const std::uint8_t* rows = strip_.get() + std::size_t{3} * crop_.left;
  if (resize_) {
    resize_->add(rows, stride_, held_);
  } else {
    constexpr std::size_t kRow = std::size_t{3} * kNetworkSide;
    std::memcpy(out_, rows, kRow);
    out_ += kRow;
  }
  held_ = 0;
}

void decode_network_input(ByteSpan file, std::uint8_t* out) {
  NetworkInput input(out);
  decode_rows(file, input);
}

}  // namespace corticast
