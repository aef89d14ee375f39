// From decoded rows to the network's 8-bit input, keeping only a strip of them.
#pragma once

#include <memory>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/image/preprocess.h"
#include "engine/image/row_sink.h"
#include "kernels/resize.h"

namespace corticast {

class NetworkInput : public RowSink {
 public:
  // out: [224, 224, 3]; complete after finish().
  explicit NetworkInput(std::uint8_t* out) : out_(out) {}

  void begin(std::uint32_t width, std::uint32_t height) override;
  std::uint8_t* next_row() override;
  void finish() override;

 private:
  void give_strip();

  std::uint8_t* out_;
  Crop crop_{};
  std::size_t stride_ = 0;
  std::size_t strip_rows_ = 0;
  std::optional<kernels::cpu::Resize> resize_;  // none where the crop has the network's size
  std::unique_ptr<std::uint8_t[]> strip_;       // [strip_rows_][width, 3]
  std::size_t begun_ = 0;                       // rows given out
  std::size_t held_ = 0;  // rows of the crop in the strip, the last unfinished
};

// Encoded image bytes to the network's input: decode_image() and crop_resize() without the image
// between them. Throws Error{kImage}; `out` then holds rubbish. Thread-safe.
void decode_network_input(ByteSpan file, std::uint8_t* out);

}  // namespace corticast
