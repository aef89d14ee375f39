#include "cli/own_input.h"

#include "engine/base/error.h"

namespace corticast::cli {
namespace {

void refuse_same(const std::filesystem::path& written, const std::string& read) {
  std::error_code absent;
  if (!std::filesystem::equivalent(written, read, absent)) return;
  throw Error(ErrorCode::kUsage,
              written.string() + ": would overwrite " + read + ", which this command reads",
              "Give another output name.");
}

// "folder/x.npy#3" is row 3 of folder/x.npy.
std::string file_of(const std::string& image_name) {
  const std::size_t at = image_name.rfind('#');
  const bool row = at != std::string::npos && image_name.substr(0, at).ends_with(".npy");
  return row ? image_name.substr(0, at) : image_name;
}

}  // namespace

void refuse_own_input(const std::filesystem::path& written, const InputSpec& spec,
                      const ImageSource& source, const std::vector<std::string>& others) {
  for (const std::string& argument : spec.arguments) {
    refuse_same(written, argument.starts_with("@") ? argument.substr(1) : argument);
  }
  for (const std::string& other : others) refuse_same(written, other);
  // Lists can be long: only names that could be meant are looked up. Images found in a folder have
  // the name of an image, which no output has.
  const std::string file_name = written.filename().string();
  std::string last;
  for (std::size_t k = 0; k < source.size(); ++k) {
    const std::string file = file_of(source.name(k));
    if (file == last || !file.ends_with(file_name)) continue;
    refuse_same(written, file);
    last = file;
  }
}

}  // namespace corticast::cli
