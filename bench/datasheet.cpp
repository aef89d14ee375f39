#include <array>

#include "bench/peaks.h"

namespace corticast::bench {
namespace {

// Names as the CUDA runtime gives them. TFLOP/s and GB/s from NVIDIA's data sheets (T4, A100, L4,
// H100, H200, HGX B200) and architecture white papers (GA102, Ada, RTX Blackwell); where those give
// rates of sparse matrices, half of them. 0: the card has no such mode.
struct Card {
  const char* name;
  double fp32, tf32, fp16, bf16;
  double gigabytes;
};

constexpr std::array<Card, 13> kCards = {{
    {"Tesla T4", 8.1, 0, 65, 0, 320},
    {"NVIDIA A100-SXM4-40GB", 19.5, 156, 312, 312, 1555},
    {"NVIDIA A100-PCIE-40GB", 19.5, 156, 312, 312, 1555},
    {"NVIDIA A100-SXM4-80GB", 19.5, 156, 312, 312, 2039},
    {"NVIDIA A100 80GB PCIe", 19.5, 156, 312, 312, 1935},
    {"NVIDIA GeForce RTX 3090", 35.6, 35.6, 71, 71, 936},
    {"NVIDIA L4", 30.3, 60, 121, 121, 300},
    {"NVIDIA GeForce RTX 4090", 82.6, 82.6, 165.2, 165.2, 1008},
    {"NVIDIA H100 80GB HBM3", 66.9, 494.7, 989.4, 989.4, 3350},
    {"NVIDIA H100 PCIe", 51.2, 378, 756, 756, 2000},
    {"NVIDIA H200", 66.9, 494.7, 989.4, 989.4, 4800},
    {"NVIDIA B200", 75, 1100, 2250, 2250, 8000},
    {"NVIDIA GeForce RTX 5090", 104.8, 104.8, 209.5, 209.5, 1792},
}};

double tera_flops(const Card& card, Precision precision) {
  switch (precision) {
    case Precision::kFp32:
    case Precision::kFp32Strict:
      return card.fp32;
    case Precision::kTf32:
      return card.tf32;
    case Precision::kFp16:
      return card.fp16;
    case Precision::kBf16:
      return card.bf16;
  }
  return 0;
}

constexpr const char* kCuda = "cuda:";

}  // namespace

bool is_one_device(const std::string& backend_name) {
  return backend_name.find(kCuda) == backend_name.rfind(kCuda);
}

Peaks datasheet_peaks(const std::string& backend_name, Precision precision) {
  if (!backend_name.starts_with(kCuda) || !is_one_device(backend_name)) return {};
  for (const Card& card : kCards) {
    if (backend_name.find("(" + std::string(card.name) + ",") == std::string::npos) continue;
    return {tera_flops(card, precision) * 1e12, card.gigabytes * 1e9};
  }
  return {};
}

}  // namespace corticast::bench
