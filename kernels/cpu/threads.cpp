#include "kernels/cpu/threads.h"

#include <omp.h>

namespace corticast::kernels::cpu {

ThreadScope::ThreadScope(unsigned threads) : previous_(omp_get_max_threads()) {
  omp_set_num_threads(static_cast<int>(threads));
}

ThreadScope::~ThreadScope() {
  omp_set_num_threads(previous_);
}

}  // namespace corticast::kernels::cpu
