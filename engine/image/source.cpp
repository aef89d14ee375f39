#include "engine/image/source.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <new>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/image/array_input.h"
#include "engine/image/decode.h"
#include "engine/image/listing.h"
#include "engine/image/network_input.h"

namespace corticast {
namespace {

// A sparse array file can claim any number of tiny images; each costs a name.
constexpr std::uint64_t kMaxArrayRows = 50'000'000;

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

struct Entry {
  std::string name;
  std::uint32_t folder = kNone;  // index of the folder that the name is relative to
  std::uint32_t array = kNone;   // index of the array that this is row `row` of
  std::uint64_t row = 0;
};

[[noreturn]] void refuse(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorCode::kUsage, message, hint);
}

constexpr const char* kImageKinds = "Images are .jpg, .jpeg, .png and .bmp files.";

}  // namespace

struct ImageSource::Impl {
  std::vector<std::string> folders;
  std::vector<ArrayInput> arrays;
  std::vector<Entry> entries;

  void add_argument(const std::string& argument, bool nul_separated) {
    if (argument.empty()) refuse("an input has an empty name");
    if (argument == "-" || argument[0] == '@') return add_list(argument, nul_separated);
    struct stat status {};
    if (::stat(argument.c_str(), &status) != 0) {
      refuse(argument + ": cannot find this input: " + std::strerror(errno));
    }
    if (S_ISDIR(status.st_mode)) return add_folder(argument);
    if (!S_ISREG(status.st_mode)) refuse(argument + ": neither a file nor a folder");
    add_path(argument);
  }

  void add_folder(const std::string& folder) {
    std::vector<std::string> names = list_folder(folder);
    if (names.empty()) refuse(folder + ": no image in this folder or below it", kImageKinds);
    const auto index = static_cast<std::uint32_t>(folders.size());
    folders.push_back(folder);
    for (std::string& name : names) entries.push_back({std::move(name), index, kNone, 0});
  }

  // A listed path that is missing is one failed image, found when it is loaded: lists are long, and
  // one lost file in 100,000 should not stop a run. Arrays must be opened now to be counted.
  void add_list(const std::string& argument, bool nul_separated) {
    const std::string path = argument == "-" ? argument : argument.substr(1);
    if (path.empty() || (path == "-" && argument != "-")) {
      refuse(argument + ": no list is named",
             "@FILE reads paths from FILE, - from standard input.");
    }
    const std::vector<std::string> paths = read_list(path, nul_separated);
    if (paths.empty()) {
      refuse((path == "-" ? std::string("standard input") : path) + ": no path in this list");
    }
    for (const std::string& listed : paths) add_path(listed);
  }

  void add_path(const std::string& path) {
    if (!is_array_name(path)) return entries.push_back({path, kNone, kNone, 0});
    ArrayInput array = open_array(path);
    if (array.rows == 0) refuse(path + ": the array holds no image");
    if (array.rows > kMaxArrayRows) {
      refuse(path + ": the array holds " + grouped(array.rows) + " images, at most " +
             grouped(kMaxArrayRows) + " can be listed");
    }
    const auto index = static_cast<std::uint32_t>(arrays.size());
    for (std::uint64_t row = 0; row < array.rows; ++row) {
      entries.push_back({path + '#' + std::to_string(row), kNone, index, row});
    }
    arrays.push_back(std::move(array));
  }
};

ImageSource::ImageSource(const InputSpec& spec) : impl_(std::make_unique<Impl>()) {
  for (const std::string& argument : spec.arguments) {
    impl_->add_argument(argument, spec.nul_separated);
  }
  if (impl_->entries.empty()) refuse("no image to work on", kImageKinds);
}

ImageSource::~ImageSource() = default;

std::size_t ImageSource::size() const {
  return impl_->entries.size();
}

const std::string& ImageSource::name(std::size_t k) const {
  return impl_->entries.at(k).name;
}

void ImageSource::load(std::size_t k, std::uint8_t* out) const {
  const Entry& entry = impl_->entries.at(k);
  std::string path = entry.name;
  if (entry.array != kNone) path = impl_->arrays[entry.array].path;
  if (entry.folder != kNone) path = impl_->folders[entry.folder] + '/' + entry.name;
  try {
    if (entry.array != kNone) return load_array_row(impl_->arrays[entry.array], entry.row, out);
    decode_network_input(read_file(path, kMaxFileBytes, ErrorCode::kImage), out);
  } catch (const Error& error) {
    // The caller knows the name; file errors begin with the path.
    std::string reason = error.what();
    if (reason.starts_with(path + ": ")) reason.erase(0, path.size() + 2);
    throw Error(error.code(), reason, error.hint());
  } catch (const std::bad_alloc&) {
    // Not the image's fault: its row must not become NaN for good.
    throw Error(ErrorCode::kDevice, path + ": not enough memory to decode the image",
                "Use fewer --threads, each holds an image. The same command goes on from here.");
  }
}

}  // namespace corticast
