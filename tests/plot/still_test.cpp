// Stills: what a pixel shows, on a small mesh whose picture is known. 8-bit colours: within 3 of
// what is expected, for the mean over samples.
#include <cmath>
#include <cstdlib>
#include <limits>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/plot/canvas.h"
#include "engine/plot/painted.h"
#include "engine/plot/view.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;

namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

bool close(Colour a, Colour b, int within = 3) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (std::abs(a[c] - b[c]) > within) return false;
  }
  return true;
}

Colour at(const Canvas& canvas, int x, int y) {
  return canvas.pixels[static_cast<std::size_t>(y * canvas.width + x)];
}

// Squares of two triangles each, facing the viewer of a flat map: corners 0 .. 3 of a square lie at
// (0, 0), (1, 0), (0, 1), (1, 1) times its size, moved by its offset.
struct Squares {
  Surface surface{"flat", Hemisphere::kLeft, {}, {}};
  Painted painted;

  void add(float x, float y, float z, float size, float value, int area = 0) {
    const auto first = static_cast<std::int32_t>(surface.positions.size() / 3);
    for (int corner = 0; corner < 4; ++corner) {
      surface.positions.insert(surface.positions.end(),
                               {x + size * static_cast<float>(corner % 2),
                                y + size * static_cast<float>(corner / 2), z});
      painted.values.push_back(value);
      painted.greys.push_back(0.5F);
      painted.outlined.push_back(area);
    }
    for (const std::int32_t corner : {0, 1, 2, 2, 1, 3}) {
      surface.triangles.push_back(first + corner);
    }
  }
  Canvas draw(View view = View::kFlat) const {
    Canvas canvas(100, 100);
    Brush brush;
    brush.scale = {&colour_map("viridis"), 0, 1, false};
    brush.threshold = 0.1F;
    const Projected projected = project(surface, view);
    brush.pixels_per_mm =
        80 / std::max(projected.high[0] - projected.low[0], projected.high[1] - projected.low[1]);
    draw_view(canvas, {0, 0, 100, 100}, surface, projected, painted, brush);
    return canvas;
  }
};

}  // namespace

TEST_CASE("a pixel of a still shows the nearest surface's value, the cortex or nothing") {
  Squares squares;
  squares.add(0, 0, 0, 10, 1);
  squares.add(5, 5, 1, 5, 0);       // in front, top right: below the threshold
  squares.add(0, 5, -1, 5, kNone);  // behind, top left: hidden
  const Canvas canvas = squares.draw();
  const Colour cortex = {128, 128, 128};
  CHECK(close(at(canvas, 20, 80), colour_map("viridis").colours[255]));
  CHECK(close(at(canvas, 20, 20), colour_map("viridis").colours[255]));
  CHECK(close(at(canvas, 80, 20), cortex));
  CHECK(at(canvas, 3, 50) == Colour{255, 255, 255});
  CHECK(at(canvas, 50, 97) == Colour{255, 255, 255});
}

TEST_CASE("values change evenly between vertices, and stop half way to a vertex without one") {
  Squares squares;
  squares.add(0, 0, 0, 10, 1);
  squares.painted.values = {0.2F, 1, 0.2F, 1};
  const Canvas even = squares.draw();
  CHECK(close(at(even, 50, 50), colour_map("viridis").colours[153], 6));
  squares.painted.values = {kNone, 1, kNone, 1};
  const Canvas half = squares.draw();
  CHECK(close(at(half, 30, 50), {128, 128, 128}));
  CHECK(close(at(half, 70, 50), colour_map("viridis").colours[255]));
}

TEST_CASE("an outline runs between areas that differ, and nowhere else") {
  Squares squares;
  squares.add(0, 0, 0, 5, 1, 7);
  squares.add(5, 0, 0, 5, 1, 8);
  const Canvas canvas = squares.draw();
  // 1.6 pixels wide, over the two beside the border.
  CHECK(at(canvas, 49, 50)[0] + at(canvas, 50, 50)[0] < 230);
  CHECK(close(at(canvas, 30, 50), colour_map("viridis").colours[255]));
  CHECK(close(at(canvas, 70, 50), colour_map("viridis").colours[255]));
  squares.painted.outlined.assign(8, 7);
  CHECK(close(at(squares.draw(), 50, 50), colour_map("viridis").colours[255]));
}

TEST_CASE("views look at a hemisphere from its own side, the head's top up") {
  // Front, back and top of a head, seen from its left: front to the left.
  Surface surface{"white", Hemisphere::kLeft, {-1, 50, 0, -1, -50, 0, -1, 0, 30}, {0, 1, 2}};
  const auto x_of = [&](View view, std::size_t vertex) {
    return project(surface, view).at[vertex][0];
  };
  CHECK(x_of(View::kLateral, 0) < x_of(View::kLateral, 1));
  CHECK(x_of(View::kMedial, 0) > x_of(View::kMedial, 1));
  CHECK(project(surface, View::kLateral).at[2][1] == 30);
  CHECK(project(surface, View::kLateral).at[0][2] == 1);  // towards the viewer
  CHECK(project(surface, View::kMedial).at[0][2] == -1);
  surface.hemisphere = Hemisphere::kRight;
  CHECK(x_of(View::kLateral, 0) > x_of(View::kLateral, 1));
  CHECK(x_of(View::kMedial, 0) < x_of(View::kMedial, 1));
}

TEST_CASE("a colour scale is what the user says and else follows from the values") {
  std::vector<float> values;
  for (int i = -50; i <= 150; ++i) values.push_back(static_cast<float>(i));
  values.push_back(kNone);
  const ResolvedScale both = resolve_scale({}, values);
  CHECK(both.symmetric);
  CHECK(both.low == -both.high);
  CHECK(both.high == 146);
  CHECK(both.map->diverging);
  CHECK(both.colour(0) == both.map->colours[128]);
  CHECK(both.colour(1e30F) == both.map->colours[255]);
  ColourScale scale;
  scale.low = 0;
  scale.high = 10;
  const ResolvedScale given = resolve_scale(scale, values);
  CHECK_FALSE(given.symmetric);
  CHECK_FALSE(given.map->diverging);
  CHECK(given.colour(-3) == given.map->colours[0]);
  for (const auto& same : {std::vector<float>(9, 4), std::vector<float>(9, 0), std::vector<float>(),
                           std::vector<float>(3, kNone)}) {
    const ResolvedScale one = resolve_scale({}, same);
    CHECK(one.low < one.high);
  }
  scale.high = -1;
  CHECK_THROWS_AS(resolve_scale(scale, values), Error);
  scale.map = "rainbow";
  CHECK_THROWS_AS(resolve_scale(scale, values), Error);
  CHECK(ticks(-0.7, 0.71, 6) == std::vector<double>{-0.5, -0.25, 0, 0.25, 0.5});
  CHECK(ticks(0, 1e-20, 5).size() >= 4);
  CHECK(tick_text(3e6) == "3e+06");
}

TEST_CASE("words of any bytes are drawn, and a still is a PNG of its pixels") {
  Canvas canvas(120, 40);
  draw_text(canvas, 60, 25, 14, "V1 \xC3\xA4 \xFF\xF0\x9F", {0, 0, 0}, Align::kCentre);
  int ink = 0;
  for (const Colour& pixel : canvas.pixels) ink += pixel[0] < 128 ? 1 : 0;
  CHECK(ink > 30);
  draw_text(canvas, -500, 25, 14, "outside", {0, 0, 0});
  CHECK(text_width("", 14) == 0);
  CHECK(text_width("V1V1", 14) == Approx(2 * text_width("V1", 14)));

  const test::TemporaryFolder folder;
  write_png(canvas, folder / "a.png", false);
  const Image image = decode_image(MappedFile(folder / "a.png", ErrorCode::kImage).bytes());
  REQUIRE(image.width == 120);
  REQUIRE(image.height == 40);
  bool equal = true;
  for (std::size_t i = 0; i < canvas.pixels.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      equal = equal && image.rgb[3 * i + c] == canvas.pixels[i][c];
    }
  }
  CHECK(equal);
  CHECK_THROWS_AS(write_png(canvas, folder / "a.png", false), Error);
  write_png(canvas, folder / "a.png", true);
}

TEST_CASE("what is outlined is what was asked for, on its own hemisphere") {
  SurfaceSet none;
  const std::vector<std::int32_t> grayordinates = {4, 29697};
  const std::vector<float> values = {1, kNone};
  const auto count = [](const Painted& painted) {
    int outlined = 0;
    for (const int area : painted.outlined) outlined += area != 0 ? 1 : 0;
    return outlined;
  };
  const auto of = [&](const std::string& outlines) {
    const auto painted = paint(grayordinates, values, none, outlines);
    return std::pair(count(painted[0]), count(painted[1]));
  };
  CHECK(of("none") == std::pair(0, 0));
  CHECK(of("all") == std::pair(29696, 29716));
  CHECK(of("groups") == std::pair(29696, 29716));
  CHECK(of("L_V1") == std::pair(831, 0));
  CHECK(of("auto").first > 0);  // the area of the only value
  CHECK(of("auto").second == 0);
  CHECK_THROWS_AS(of("V1,nowhere"), Error);
}
