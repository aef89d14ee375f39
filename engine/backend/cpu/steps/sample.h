// Places in an activation, for verifying steps.
#pragma once

#include <cstddef>

namespace corticast::cpu {

// Row, column and channel of element k of [height, width, channels].
struct Place {
  int row;
  int column;
  int channel;

  Place(std::size_t k, int width, int channels)
      : row(static_cast<int>(k / static_cast<std::size_t>(channels) /
                             static_cast<std::size_t>(width))),
        column(static_cast<int>(k / static_cast<std::size_t>(channels) %
                                static_cast<std::size_t>(width))),
        channel(static_cast<int>(k % static_cast<std::size_t>(channels))) {}
};

}  // namespace corticast::cpu
