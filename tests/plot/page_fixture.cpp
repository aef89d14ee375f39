// plot_page_fixture OUT.html: the page that Chromium is shown.
#include "tests/plot/page_fixture.h"

#include <cstdio>

#include "engine/base/error.h"

int main(int count, char** words) {
  if (count != 2) return 2;
  try {
    using namespace corticast;
    const MemoryMaps one = counting_maps({"dog.jpg", "<b>cat</b>.jpg"}, 0);
    const MemoryMaps two = counting_maps({"dog.jpg", "<b>cat</b>.jpg"}, 10000);
    plot_page({{"NSD-01", &one}, {"NSD-02", &two}}, balls(), PlotOptions(), words[1], true);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
