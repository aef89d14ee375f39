#include "engine/image/jpeg.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>  // jpeglib.h needs FILE declared before it
#include <new>
#include <vector>

#include <jerror.h>
#include <jpeglib.h>

#include "engine/base/text.h"
#include "engine/image/decode_limits.h"

namespace corticast {
namespace {

// A progressive file repeats its pixels in scans of a few bytes each, so its cost is not bounded by
// its size. Real files have about ten scans.
constexpr int kMaxScans = 500;
constexpr std::uint64_t kMaxScannedPixels = 4'000'000'000;

// libjpeg reports errors through a function that may not return, so every call into it runs in
// guarded(), and no object with a destructor is created inside the step.
class JpegReader {
 public:
  explicit JpegReader(ByteSpan file) {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr common) {
      auto* self = static_cast<JpegReader*>(common->client_data);
      if (common->err->msg_code == JERR_CANT_SUSPEND) {
        std::snprintf(self->message_.data(), self->message_.size(), "the file is cut short");
      } else {
        (*common->err->format_message)(common, self->message_.data());
      }
      self->no_memory_ = common->err->msg_code == JERR_OUT_OF_MEMORY;
      std::longjmp(self->jump_, 1);
    };
    // Warnings are tolerated, as by Pillow; nothing may reach stderr from here.
    errors_.emit_message = [](j_common_ptr, int) {};
    errors_.output_message = [](j_common_ptr) {};
    info_.client_data = this;
    guarded([this] { jpeg_create_decompress(&info_); });

    progress_.progress_monitor = [](j_common_ptr common) {
      static_cast<JpegReader*>(common->client_data)->check_scans();
    };
    info_.progress = &progress_;

    // All data are given at once. A source that suspends, instead of libjpeg's own memory source
    // that makes up an end marker, is what lets a truncated file be told from a whole one.
    source_.next_input_byte = static_cast<const JOCTET*>(static_cast<const void*>(file.data()));
    source_.bytes_in_buffer = file.size();
    source_.init_source = [](j_decompress_ptr) {};
    source_.term_source = [](j_decompress_ptr) {};
    source_.fill_input_buffer = [](j_decompress_ptr) -> boolean { return FALSE; };
    source_.resync_to_restart = jpeg_resync_to_restart;
    source_.skip_input_data = [](j_decompress_ptr info, long count) {
      if (count <= 0) return;
      const std::size_t left = info->src->bytes_in_buffer;
      const std::size_t skip = std::min(static_cast<std::size_t>(count), left);
      info->src->next_input_byte += skip;
      info->src->bytes_in_buffer -= skip;
    };
    info_.src = &source_;
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  jpeg_decompress_struct& info() { return info_; }

  template <typename Step>
  void guarded(Step step) {
    if (setjmp(jump_) != 0) {
      if (no_memory_) throw std::bad_alloc();
      refuse_image(std::string("JPEG: ") + message_.data());
    }
    step();
  }

 private:
  void check_scans() {
    const auto scans = static_cast<std::uint64_t>(info_.input_scan_number);
    const std::uint64_t pixels = std::uint64_t{info_.image_width} * info_.image_height;
    if (scans <= kMaxScans && scans * pixels <= kMaxScannedPixels) return;
    std::snprintf(message_.data(), message_.size(), "more scans than any real image has (%llu)",
                  static_cast<unsigned long long>(scans));
    std::longjmp(jump_, 1);
  }

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
  bool no_memory_ = false;
  std::jmp_buf jump_{};
};

[[noreturn]] void refuse_truncated(ByteSpan file) {
  refuse_image(
      "JPEG: the file is cut short: " + grouped(file.size()) + " bytes end before the image does",
      "Copy or download the file again.");
}

// Pillow's CMYK to RGB, on samples that it has inverted first whether or not an Adobe marker says
// so: with C, M, Y, K the inverted samples and nk = 255 - K, red is nk - C * nk / 255, rounded.
void cmyk_to_rgb(const std::uint8_t* stored, std::uint32_t width, std::uint8_t* rgb) {
  for (std::uint32_t x = 0; x < width; ++x, stored += 4, rgb += 3) {
    const int light = stored[3];
    for (int c = 0; c < 3; ++c) {
      const int product = (255 - stored[c]) * light + 128;
      const int value = light - (((product >> 8) + product) >> 8);
      rgb[c] = static_cast<std::uint8_t>(std::max(value, 0));
    }
  }
}

}  // namespace

void decode_jpeg(ByteSpan file, RowSink& sink) {
  JpegReader reader(file);
  jpeg_decompress_struct& info = reader.info();

  int header = JPEG_SUSPENDED;
  reader.guarded([&] { header = jpeg_read_header(&info, TRUE); });
  if (header != JPEG_HEADER_OK) refuse_truncated(file);
  check_image_size(info.image_width, info.image_height);
  const bool four = info.num_components == 4;
  if (info.num_components != 1 && info.num_components != 3 && !four) {
    refuse_image("JPEG: " + std::to_string(info.num_components) +
                 " components, expected 1, 3 or 4");
  }
  info.out_color_space = four ? JCS_CMYK : JCS_RGB;

  boolean started = FALSE;
  reader.guarded([&] { started = jpeg_start_decompress(&info); });
  if (started == FALSE) refuse_truncated(file);

  sink.begin(info.output_width, info.output_height);
  std::vector<std::uint8_t> inks(four ? std::size_t{4} * info.output_width : 0);
  reader.guarded([&] {
    while (info.output_scanline < info.output_height) {
      std::uint8_t* row = sink.next_row();
      JSAMPROW target = four ? inks.data() : row;
      if (jpeg_read_scanlines(&info, &target, 1) != 1) return;
      if (four) cmyk_to_rgb(inks.data(), info.output_width, row);
    }
  });
  if (info.output_scanline < info.output_height) refuse_truncated(file);
  // Reads up to the end marker, where a broken file may still show itself; but like Pillow it may
  // be missing, now that every pixel is there.
  reader.guarded([&] { jpeg_finish_decompress(&info); });
  sink.finish();
}

}  // namespace corticast
