// GIFTI files (https://www.nitrc.org/projects/gifti): data arrays in XML. What the program reads
// and writes of the format: surfaces and functional maps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

struct GiftiArray {
  std::string intent;                       // "NIFTI_INTENT_POINTSET"
  std::vector<std::uint64_t> shape;         // outermost first
  std::vector<double> values;               // float32, int32 and uint8 arrays, row-major
  std::map<std::string, std::string> meta;  // "Name", "AnatomicalStructurePrimary", ...
};

struct GiftiFile {
  std::map<std::string, std::string> meta;
  std::vector<GiftiArray> arrays;
};

// ASCII, Base64Binary and GZipBase64Binary, either byte order, either index order. Every size is
// checked before memory is taken. Throws Error{kUsage} naming the file and what is wrong with it.
GiftiFile read_gifti(const std::filesystem::path& path);
// The same from bytes; name is used in messages.
GiftiFile parse_gifti(std::string_view bytes, const std::string& name);

}  // namespace corticast
