#include <cstring>
#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/maps/binary_text.h"
#include "engine/plot/page/page_data.h"
#include "tests/plot/page_fixture.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::string page_of(const std::vector<PlotSubject>& subjects, const PlotOptions& options) {
  std::string page;
  write_page_data(subjects, balls(), options, [&](std::string_view text) { page += text; });
  return page;
}

std::string element(const std::string& page, const std::string& id) {
  const std::size_t at = page.find("id=\"" + id + "\">");
  REQUIRE(at != std::string::npos);
  const std::size_t from = page.find('>', at) + 1;
  return page.substr(from, page.find("</script>", from) - from);
}

std::string whole_page(const PlotSubject& subject, const PlotOptions& options) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "map.html";
  plot_page({subject}, balls(), options, path, false);
  REQUIRE_THROWS_AS(plot_page({subject}, balls(), options, path, false), Error);
  const auto bytes = read_file(path, 1 << 28, ErrorCode::kOutput);
  return std::string(as_text(bytes));
}

}  // namespace

TEST_CASE("base64 as RFC 4648 gives it") {
  CHECK(base64(as_byte_span("")).empty());
  CHECK(base64(as_byte_span("f")) == "Zg==");
  CHECK(base64(as_byte_span("fo")) == "Zm8=");
  CHECK(base64(as_byte_span("foobar")) == "Zm9vYmFy");
}

TEST_CASE("a page holds the values of its maps bit for bit") {
  const MemoryMaps maps = counting_maps({"dog.jpg", "cat.jpg"}, 0);
  const std::string page = page_of({{"NSD-01", &maps}}, {});
  const Json header = parse_json(element(page, "header"));
  const Json& subject = header.at("subjects").elements()[0];
  CHECK(subject.at("name").text() == "NSD-01");
  std::vector<float> row(maps.columns());
  for (std::size_t m = 0; m < 2; ++m) {
    const Json& map = subject.at("maps").elements()[m];
    CHECK(map.at("name").text() == maps.names()[m]);
    maps.read({m, 1}, row.data());
    CHECK(element(page, map.at("values").text()) == base64(std::as_bytes(std::span(row))));
  }
  CHECK(header.at("areas").size() == 360);
  CHECK(header.at("surfaces").size() == 2);
  CHECK(header.at("sulc").is_null());
}

TEST_CASE("names cannot leave the data of a page") {
  const std::string hostile =
      "</script><script>alert(1)</script><!-- \" ' \xe2\x80\xa8 \xff & @SCRIPT@";
  const MemoryMaps maps = counting_maps({hostile}, 0);
  PlotOptions options;
  options.title = hostile;
  options.units = hostile;
  const std::string page = whole_page({hostile, &maps}, options);
  CHECK(page.find("alert(1)</script>") == std::string::npos);
  CHECK(page.find("<!--") == std::string::npos);
  CHECK(page.find("script-src 'sha256-") != std::string::npos);
  CHECK(page.find("unsafe-inline") == std::string::npos);
  const Json header = parse_json(element(page, "header"));
  CHECK(header.at("title").text().find("</script><script>alert(1)</script>") == 0);
  // Every script of the page is data but one.
  std::size_t scripts = 0, modules = 0, data = 0;
  for (std::size_t at = page.find("<script"); at != std::string::npos;
       at = page.find("<script", at + 1)) {
    ++scripts;
    if (page.compare(at, 22, "<script type=\"module\">") == 0) ++modules;
    if (page.compare(at, 25, "<script type=\"text/plain\"") == 0) ++data;
    if (page.compare(at, 31, "<script type=\"application/json\"") == 0) ++data;
  }
  CHECK(modules == 1);
  CHECK(modules + data == scripts);
  CHECK(page.size() < 8'000'000);
}

TEST_CASE("what a page cannot show is refused with the remedy") {
  const MemoryMaps numbered({"a"}, 3, {}, {1, 2, 3});
  const MemoryMaps voxel({"a"}, 1, {70000}, {1});
  const MemoryMaps vertex({"a"}, 1, {7}, {1});
  const MemoryMaps many(std::vector<std::string>(65, "a"), 1, {7}, std::vector<float>(65));
  const SurfaceSet set = balls();
  CHECK_THROWS_WITH(check_page({{"S", &numbered}}, set, {}), contains("no cortical"));
  CHECK_THROWS_WITH(check_page({{"S", &voxel}}, set, {}), contains("no cortical"));
  CHECK_THROWS_WITH(check_page({{"S", &many}}, set, {}), contains("65 maps"));
  CHECK_THROWS_WITH(check_page({}, set, {}), contains("nothing to plot"));
  PlotOptions options;
  options.surface = "pial";
  CHECK_THROWS_WITH(check_page({{"S", &vertex}}, set, options), contains("'pial'"));
  options.surface = "sphere";
  options.outlines = "L_V1,V99";
  CHECK_THROWS_WITH(check_page({{"S", &vertex}}, set, options), contains("V99"));
  options.outlines = "L_V1";
  CHECK_NOTHROW(check_page({{"S", &vertex}}, set, options));
  SurfaceSet torn = set;
  torn.surfaces[0].triangles[5] = 32492;
  CHECK_THROWS_AS(check_page({{"S", &vertex}}, torn, {}), Error);
}
