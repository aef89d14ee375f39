#include "cli/info_devices.h"

#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/words.h"
#include "engine/backend/cuda_module.h"
#include "engine/backend/trust.h"
#include "engine/base/instruction_set.h"
#include "engine/base/text.h"
#include "engine/base/threads.h"
#include "kernels/cpu/isa.h"

namespace corticast::cli {
namespace {

using nlohmann::ordered_json;

struct Cuda {
  std::vector<DeviceInfo> devices;
  std::string none;  // why there are none
};

Cuda find_cuda() {
  try {
    return {cuda_devices(), {}};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kDevice) throw;
    return {{}, error.what() + (error.hint().empty() ? "" : ". " + error.hint())};
  }
}

struct Cpu {
  std::string instruction_set;  // in use
  std::vector<std::string> instruction_sets;
  std::vector<std::string> precisions;
  bool bf16;
};

Cpu describe_cpu() {
  const auto available = kernels::cpu::available_isas();
  Cpu cpu{kernels::cpu::to_string(chosen_isa()),
          {},
          {"fp32", "fp32-strict"},
          kernels::cpu::bf16_available(chosen_isa())};
  cpu.instruction_sets.reserve(available.size());
  for (const auto isa : available) cpu.instruction_sets.push_back(kernels::cpu::to_string(isa));
  if (cpu.bf16) cpu.precisions.emplace_back("bf16");
  return cpu;
}

std::vector<std::string> precision_names(const DeviceInfo& device) {
  std::vector<std::string> names;
  names.reserve(device.precisions.size());
  for (const Precision precision : device.precisions) names.push_back(to_string(precision));
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string capability(const DeviceInfo& device) {
  return std::to_string(device.compute_capability / 10) + "." +
         std::to_string(device.compute_capability % 10);
}

void line(const char* name, const std::string& value) {
  std::cout << "  " << std::left << std::setw(20) << name << printable(value) << "\n";
}

void print_text(const DeviceInfo& device) {
  std::cout << "\n"
            << device.device << (device.card.empty() ? "" : ": ") << printable(device.card) << "\n";
  if (!device.problem.empty()) return line("cannot be used", device.problem);
  line("compute capability", capability(device));
  line("multiprocessors", std::to_string(device.multiprocessors));
  line("memory",
       human_bytes(device.memory_bytes) + ", " + human_bytes(device.free_bytes) + " free");
  line("driver", "for CUDA " + device.driver);
  line("cuDNN", device.cudnn + (device.plans_without_device ? "" : ", too old for corticast plan"));
  line("cuBLAS", device.cublas.empty() ? "not found: no --readout gemm" : device.cublas);
  line("precisions", joined(precision_names(device)));
  const auto passed = passed_selftests(device.identity);
  if (passed.empty()) line("selftest", "not yet");
  for (const PassedSelftest& test : passed) {
    line("selftest", "passed on " + test.when + ": " + test.precision + ", " +
                         std::to_string(test.channels) + " channels, readout " + test.readout +
                         (test.tune ? ", tuned" : "") +
                         (test.normalised ? ", normalised images" : ""));
  }
}

ordered_json json_of(const DeviceInfo& device) {
  ordered_json json{{"device", device.device}, {"card", device.card}};
  if (!device.problem.empty()) {
    json["problem"] = device.problem;
    return json;
  }
  json["compute_capability"] = capability(device);
  json["multiprocessors"] = device.multiprocessors;
  json["memory_bytes"] = device.memory_bytes;
  json["free_bytes"] = device.free_bytes;
  json["driver_cuda"] = device.driver;
  json["cudnn"] = device.cudnn;
  json["plans_without_device"] = device.plans_without_device;
  json["cublas"] = device.cublas;
  json["precisions"] = precision_names(device);
  json["selftests"] = ordered_json::array();
  for (const PassedSelftest& test : passed_selftests(device.identity)) {
    json["selftests"].push_back({{"passed", test.when},
                                 {"precision", test.precision},
                                 {"readout", test.readout},
                                 {"tune", test.tune},
                                 {"normalised", test.normalised},
                                 {"channels", test.channels}});
  }
  return json;
}

}  // namespace

void print_devices(bool json) {
  const Cuda cuda = find_cuda();
  const Cpu cpu = describe_cpu();
  if (json) {
    ordered_json all{{"cpu",
                      {{"threads", usable_threads()},
                       {"instruction_set", cpu.instruction_set},
                       {"instruction_sets", cpu.instruction_sets},
                       {"precisions", cpu.precisions}}},
                     {"cuda", ordered_json::array()}};
    for (const DeviceInfo& device : cuda.devices) all["cuda"].push_back(json_of(device));
    if (!cuda.none.empty()) all["no_cuda"] = cuda.none;
    std::cout << all.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
    return;
  }
  std::cout << "cpu\n";
  line("threads", std::to_string(usable_threads()) + ", as many as this process may use");
  line("instruction set", cpu.instruction_set + " (available: " + joined(cpu.instruction_sets) +
                              "; CORTICAST_ISA=NAME forces one)");
  line("precisions", joined(cpu.precisions) +
                         (cpu.bf16 ? " (readouts only)" : "; no bf16 without AVX512-BF16 in use"));
  for (const DeviceInfo& device : cuda.devices) print_text(device);
  if (!cuda.none.empty()) std::cout << "\nno CUDA device: " << printable(cuda.none) << "\n";
}

}  // namespace corticast::cli
