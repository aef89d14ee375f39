// What was seen, as JSON. print_summary() shows the same.
#include <nlohmann/json.hpp>
#include <ostream>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/runtime/state.h"
#include "tests/cuda_sim/runtime/summary_table.h"

namespace cuda_sim::runtime {
namespace {

using nlohmann::json;

json to_json(const Dim3& d) {
  return {d[0], d[1], d[2]};
}

json to_json(const Report& report) {
  return {{"fault", to_string(report.fault)},
          {"message", report.message},
          {"kernel", report.kernel},
          {"where", report.where},
          {"block", to_json(report.block)},
          {"thread", to_json(report.thread)},
          {"times", report.times},
          {"text", to_string(report)}};
}

json to_json(const Totals& totals) {
  const auto copies = [](const Totals::Copies& c) {
    return json{{"count", c.count}, {"bytes", c.bytes}};
  };
  return {{"calls", totals.calls},
          {"launches", totals.launches},
          {"graph_launches", totals.graph_launches},
          {"library_calls", totals.library_calls},
          {"host_functions", totals.host_functions},
          {"device_allocations", totals.device_allocations},
          {"pinned_allocations", totals.pinned_allocations},
          {"device_bytes_peak", totals.device_bytes_peak},
          {"memsets", totals.memsets},
          {"staged_copies", totals.staged_copies},
          {"copies_to_device", copies(totals.to_device)},
          {"copies_from_device", copies(totals.from_device)},
          {"copies_between_devices", copies(totals.between_devices)}};
}

json allocations_of(const KernelCounts& counts, Memory& memory) {
  std::map<std::uint32_t, const Allocation*> by_number;
  for (const auto& [address, allocation] : memory.allocations()) {
    by_number[allocation.number] = &allocation;
  }
  json list = json::array();
  for (const auto& [number, traffic] : counts.allocations) {
    const auto found = by_number.find(number);
    const bool known = found != by_number.end();
    list.push_back({{"number", number},
                    {"name", known ? found->second->name : ""},
                    {"bytes", known ? found->second->bytes : 0},
                    {"loaded", traffic.loaded},
                    {"stored", traffic.stored}});
  }
  return list;
}

json to_json(const std::string& name, const KernelCounts& counts, Memory& memory) {
  return {{"name", name},
          {"launches", counts.launches},
          {"blocks", counts.blocks},
          {"warp_instructions", counts.warp_instructions},
          {"thread_instructions", counts.thread_instructions},
          {"matrix_instructions", counts.matrix_instructions},
          {"multiply_adds", counts.multiply_adds},
          {"matrix_multiply_adds", counts.matrix_multiply_adds},
          {"global_loaded", counts.global_loaded},
          {"global_stored", counts.global_stored},
          {"shared_loaded", counts.shared_loaded},
          {"shared_stored", counts.shared_stored},
          {"checks", counts.checks},
          {"nan_results", counts.nan_results},
          {"infinite_results", counts.infinite_results},
          {"seconds", counts.seconds},
          {"allocations", allocations_of(counts, memory)}};
}

}  // namespace

std::string summary_json() {
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  json devices = json::array();
  for (const auto& device : state.devices) {
    json kernels = json::array();
    for (const auto& [name, counts] : device->device.counts()) {
      kernels.push_back(to_json(name, counts, device->device.memory()));
    }
    devices.push_back({{"name", device->device.profile().name},
                       {"compute_capability", device->device.profile().sm},
                       {"lost", device->sticky != cudaSuccess},
                       {"kernels", std::move(kernels)}});
  }
  json reports = json::array();
  for (const Report& report : state.reports.all()) reports.push_back(to_json(report));
  return json{{"checks", state.setup.checks.enabled},
              {"totals", to_json(state.totals)},
              {"devices", std::move(devices)},
              {"reports", std::move(reports)},
              {"leaks", leaks()}}
      .dump(1);
}

void print_summary(std::ostream& out) {
  print_summary_table(json::parse(summary_json()), out);
}

}  // namespace cuda_sim::runtime
