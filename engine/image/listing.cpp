#include "engine/image/listing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxListBytes = 1ull << 30;
constexpr std::size_t kMaxFolders = 1'000'000;  // links can multiply folders without end

bool is_image_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return extension == "jpg" || extension == "jpeg" || extension == "png" || extension == "bmp";
}

class Walk {
 public:
  explicit Walk(std::string root) : root_(std::move(root)) { visit(""); }
  std::vector<std::string> take() {
    std::ranges::sort(found_);
    return std::move(found_);
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  // below: path relative to the root, "" or ending in '/'.
  void visit(const std::string& below) {
    const std::string folder = below.empty() ? root_ : root_ + '/' + below;
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) refuse(folder, std::strerror(errno));
    const Identity identity{status.st_dev, status.st_ino};
    if (std::ranges::find(ancestors_, identity) != ancestors_.end()) return;
    if (++folders_ > kMaxFolders) refuse(folder, "more than a million folders");
    ancestors_.push_back(identity);
    std::error_code error;
    fs::directory_iterator entry(fs::path(folder), error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      consider(*entry, below);
    }
    if (error) refuse(folder, error.message());
    ancestors_.pop_back();
  }

  void consider(const fs::directory_entry& entry, const std::string& below) {
    const std::string name = entry.path().filename().string();
    std::error_code error;
    const fs::file_type type = entry.status(error).type();
    if (type == fs::file_type::directory) {
      visit(below + name + '/');
    } else if (is_image_name(name) &&
               (type == fs::file_type::regular || type == fs::file_type::not_found ||
                type == fs::file_type::none || type == fs::file_type::unknown)) {
      found_.push_back(below + name);
    }
  }

  [[noreturn]] static void refuse(const std::string& folder, const std::string& reason) {
    throw Error(ErrorCode::kUsage, folder + ": cannot read this folder: " + reason,
                "Make it readable, or name the folders and files to use instead.");
  }

  std::string root_;
  std::vector<Identity> ancestors_;
  std::size_t folders_ = 0;
  std::vector<std::string> found_;
};

// Closes what it was given, but never standard input.
struct Stream {
  explicit Stream(int fd) : descriptor(fd) {}
  ~Stream() {
    if (descriptor > STDIN_FILENO) ::close(descriptor);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int descriptor;
};

std::string read_stream(const std::string& path) {
  const bool standard = path == "-";
  const std::string name = standard ? "standard input" : path;
  std::string text;
  std::array<char, 1 << 16> block;
  const Stream stream(standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int fd = stream.descriptor;
  ssize_t got = fd < 0 ? -1 : 1;
  while (got > 0 || (got < 0 && fd >= 0 && errno == EINTR)) {
    got = ::read(fd, block.data(), block.size());
    if (got > 0) text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxListBytes) break;
  }
  const int saved = errno;
  if (text.size() > kMaxListBytes) {
    throw Error(ErrorCode::kUsage,
                name + ": a list of more than " + grouped(kMaxListBytes) + " bytes");
  }
  if (got < 0) {
    throw Error(ErrorCode::kUsage, name + ": cannot read this list: " + std::strerror(saved));
  }
  return text;
}

}  // namespace

std::vector<std::string> list_folder(const std::string& folder) {
  return Walk(folder).take();
}

std::vector<std::string> read_list(const std::string& path, bool nul_separated) {
  const std::string text = read_stream(path);
  const char separator = nul_separated ? '\0' : '\n';
  if (!nul_separated && text.find('\0') != std::string::npos) {
    throw Error(
        ErrorCode::kUsage,
        (path == "-" ? std::string("standard input") : path) + ": the list contains NUL bytes",
        "If it is separated by NUL (find -print0), add -0.");
  }
  std::vector<std::string> paths;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    std::string_view line = rest.substr(0, end);
    if (!nul_separated && line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) paths.emplace_back(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return paths;
}

}  // namespace corticast
