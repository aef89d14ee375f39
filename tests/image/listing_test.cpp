// What the user names, expanded.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "engine/base/error.h"
#include "engine/image/preprocess.h"
#include "engine/image/source.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names(const std::vector<std::string>& arguments, bool nul = false) {
  const ImageSource source(InputSpec{arguments, nul});
  std::vector<std::string> all;
  for (std::size_t k = 0; k < source.size(); ++k) all.push_back(source.name(k));
  return all;
}

ErrorCode refusal_code(const std::vector<std::string>& arguments) {
  try {
    names(arguments);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("a folder gives its images at any depth, sorted bytewise by relative path") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "b/c.jpg");
  for (const char* name : {"b.jpg", "B.JPG", "a.Png", "a.png", "b/z.bmp", "b/c.jpg/y.JpEg", "x.txt",
                           "arrays.npy", "jpg", "b/note.jpg.txt", ".hidden.png"}) {
    write_text(folder / name, "x");
  }
  CHECK(names({folder.path().string()}) ==
        List{".hidden.png", "B.JPG", "a.Png", "a.png", "b.jpg", "b/c.jpg/y.JpEg", "b/z.bmp"});
  CHECK(names({folder.path().string() + "/", (folder / "b").string()}).size() == 9);
}

TEST_CASE("names that are no UTF-8 are kept as bytes") {
  const TemporaryFolder folder;
  const std::string name = "caf\xE9\n.jpg";
  write_text(folder / name, "x");
  CHECK(names({folder.path().string()}) == List{name});
  write_text(folder / "list", (folder / name).string() + '\0');
  CHECK(names({"@" + (folder / "list").string()}, true) == List{(folder / name).string()});
}

TEST_CASE("links are followed, loops end, and a link to nowhere stays listed") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "real");
  write_text(folder / "real/a.jpg", "x");
  fs::create_symlink("../real", folder / "real/loop");
  fs::create_symlink("real", folder / "twin");
  fs::create_symlink("nowhere", folder / "lost.jpg");
  fs::create_symlink("real/a.jpg", folder / "link.jpg");
  REQUIRE(::mkfifo((folder / "pipe.jpg").c_str(), 0600) == 0);
  CHECK(names({folder.path().string()}) ==
        List{"link.jpg", "lost.jpg", "real/a.jpg", "twin/a.jpg"});
}

TEST_CASE("a folder without images is refused by name") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "empty/inner");
  write_text(folder / "a.jpg", "x");
  CHECK_THROWS_WITH(names({(folder / "a.jpg").string(), (folder / "empty").string()}),
                    contains("empty: no image"));
  CHECK(refusal_code({(folder / "empty").string()}) == ErrorCode::kUsage);
  CHECK(refusal_code({}) == ErrorCode::kUsage);
}

TEST_CASE("a folder that cannot be read is refused by name") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "open/closed");
  write_text(folder / "open/a.jpg", "x");
  fs::permissions(folder.path(), fs::perms{0755});
  fs::permissions(folder / "open/closed", fs::perms{0});
  // Root may read everything; as somebody else it may not.
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  std::string message;
  try {
    names({(folder / "open").string()});
  } catch (const Error& error) {
    message = error.what();
  }
  if (root) REQUIRE(::seteuid(0) == 0);
  fs::permissions(folder / "open/closed", fs::perms{0755});
  CHECK_THAT(message, contains("open/closed/: cannot read this folder: Permission denied"));
}

TEST_CASE("a missing input is refused by name") {
  CHECK_THROWS_WITH(names({"/nonexistent/cat.jpg"}), contains("/nonexistent/cat.jpg: cannot find"));
  CHECK(refusal_code({"/nonexistent/cat.jpg"}) == ErrorCode::kUsage);
  CHECK(refusal_code({""}) == ErrorCode::kUsage);
  CHECK(refusal_code({"/dev/null"}) == ErrorCode::kUsage);
  CHECK_THROWS_WITH(names({"@/nonexistent/list"}), contains("/nonexistent/list: cannot read"));
  CHECK_THROWS_WITH(names({"@"}), contains("no list is named"));
}

TEST_CASE("lists keep their order, their repeats and their odd names") {
  const TemporaryFolder folder;
  const std::string list = "@" + (folder / "list").string();
  write_text(folder / "list", "b.jpg\r\n\n a b.jpg\n@x\n-\nb.jpg");
  CHECK(names({list}) == List{"b.jpg", " a b.jpg", "@x", "-", "b.jpg"});
  CHECK(names({list, list}).size() == 10);
  write_text(folder / "list", std::string("a\nb.jpg\0c\r", 10) + '\0');
  CHECK(names({list}, true) == List{"a\nb.jpg", "c\r"});
  CHECK_THROWS_WITH(names({list}), contains("NUL"));
  write_text(folder / "list", "\n\r\n");
  CHECK_THROWS_WITH(names({list}), contains("list: no path"));
  CHECK_THROWS_WITH(names({"@" + folder.path().string()}), contains("cannot read this list"));
}

TEST_CASE("standard input is a list too") {
  const TemporaryFolder folder;
  write_text(folder / "list", "one.jpg\ntwo.png\n");
  const int saved = ::dup(STDIN_FILENO);
  REQUIRE(std::freopen((folder / "list").c_str(), "rb", stdin) != nullptr);
  CHECK(names({"-"}) == List{"one.jpg", "two.png"});
  CHECK_THROWS_WITH(names({"-"}), contains("standard input: no path"));
  if (saved >= 0) {
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
  }
}

TEST_CASE("a hundred thousand listed paths need no look at the disk") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "/nonexistent/" + std::to_string(i) + ".jpg\n";
  write_text(folder / "list", text);
  const ImageSource source(InputSpec{{"@" + (folder / "list").string()}, false});
  CHECK(source.size() == 100'000);
  std::vector<std::uint8_t> out(std::size_t{3} * kNetworkSide * kNetworkSide);
  CHECK_THROWS_WITH(source.load(99'999, out.data()), contains("cannot open: No such file"));
}

TEST_CASE("a failing image gives its reason without its name, and no pipe is waited for") {
  const TemporaryFolder folder;
  write_text(folder / "a.jpg", "hello");
  REQUIRE(::mkfifo((folder / "pipe.jpg").c_str(), 0600) == 0);
  write_text(folder / "list",
             (folder / "a.jpg").string() + "\n" + (folder / "pipe.jpg").string() + "\n");
  const ImageSource source(InputSpec{{"@" + (folder / "list").string()}, false});
  std::vector<std::uint8_t> out(std::size_t{3} * kNetworkSide * kNetworkSide);
  try {
    source.load(0, out.data());
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kImage);
    CHECK(std::string(error.what()) == "not a JPEG, PNG or BMP image: the content is text");
    CHECK_FALSE(error.hint().empty());
  }
  CHECK_THROWS_WITH(source.load(1, out.data()), "not a regular file");
}
