#include "engine/output/formats.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

struct Known {
  OutputFormat format;
  std::string_view word;
  std::array<std::string_view, 2> endings;
};

// In the order in which an ending is looked up: .h5 is our own layout unless told otherwise.
constexpr std::array<Known, 5> kFormats = {{
    {OutputFormat::kHdf5, "hdf5", {".h5", ".hdf5"}},
    {OutputFormat::kNpy, "npy", {".npy", ".npy"}},
    {OutputFormat::kCifti, "cifti", {".dscalar.nii", ".dscalar.nii"}},
    {OutputFormat::kGifti, "gifti", {".func.gii", ".func.gii"}},
    {OutputFormat::kMosaic, "mosaic", {".h5", ".hdf5"}},
}};

constexpr const char* kHint =
    "Supported: .h5 and .hdf5 (HDF5; with --format mosaic in MOSAIC's layout), .npy (NumPy), "
    ".dscalar.nii (CIFTI-2), .func.gii (GIFTI).";

const Known& known(OutputFormat format) {
  return *std::find_if(kFormats.begin(), kFormats.end(),
                       [&](const Known& entry) { return entry.format == format; });
}

bool has_ending(const std::filesystem::path& file, const Known& format) {
  const std::string name = file.filename().string();
  return std::any_of(format.endings.begin(), format.endings.end(), [&](std::string_view ending) {
    return name.size() > ending.size() && name.ends_with(ending);
  });
}

}  // namespace

OutputFormat parse_output_format(const std::string& word) {
  std::vector<std::string> words;
  for (const Known& entry : kFormats) {
    if (entry.word == word) return entry.format;
    words.emplace_back(entry.word);
  }
  const std::string near = nearest(word, words);
  throw Error(ErrorCode::kUsage, "--format: unknown format '" + word + "'",
              (near.empty() ? "" : "Did you mean " + near + "? ") +
                  "There are hdf5, npy, cifti, gifti and mosaic.");
}

OutputFormat output_format(const std::filesystem::path& destination, const std::string& word) {
  if (!word.empty()) {
    const OutputFormat format = parse_output_format(word);
    if (has_ending(destination, known(format))) return format;
    throw Error(ErrorCode::kUsage, destination.string() + ": not a name for --format " + word,
                "Give one that ends in " + std::string(known(format).endings[0]) + ".");
  }
  for (const Known& entry : kFormats) {
    if (has_ending(destination, entry)) return entry.format;
  }
  throw Error(ErrorCode::kUsage,
              destination.string() + ": no output format for the ending '" +
                  destination.extension().string() + "'",
              kHint);
}

MapFormat map_format(OutputFormat format) {
  switch (format) {
    case OutputFormat::kNpy:
      return MapFormat::kNpy;
    case OutputFormat::kCifti:
      return MapFormat::kCifti;
    case OutputFormat::kGifti:
      return MapFormat::kGifti;
    case OutputFormat::kMosaic:
      return MapFormat::kMosaic;
    case OutputFormat::kHdf5:
      break;
  }
  throw Error(ErrorCode::kInternal, "the native format is no format of maps");
}

float parse_fill(const std::string& word) {
  if (word == "nan" || word == "NaN") return std::numeric_limits<float>::quiet_NaN();
  if (word == "0") return 0.0F;
  throw Error(ErrorCode::kUsage, "--fill: '" + word + "' is neither nan nor 0");
}

}  // namespace corticast
