#include "tests/cuda_sim/libraries/bindings.h"

#include <algorithm>
#include <cstdio>

#include "tests/cuda_sim/libraries/dense.h"
#include "tests/cuda_sim/libraries/interpret.h"

namespace cuda_sim::cudnn {
namespace {

std::string hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

struct Range {
  std::string name;
  std::uint64_t begin;
  std::uint64_t end;
  bool overlaps(const Range& other) const { return begin < other.end && other.begin < end; }
};

std::uint64_t extent_bytes(const Tensor& tensor) {
  return static_cast<std::uint64_t>(tensor.extent()) * bytes_of(tensor.type);
}

// An output element-wise on top of an input of the same shape is what some plans are made for.
bool in_place(const Graph& graph, const std::vector<std::uint64_t>& addresses, const Touch& first,
              const Touch& second) {
  const Tensor& a = graph.tensors[first.tensor];
  const Tensor& b = graph.tensors[second.tensor];
  return !first.by_convolution && !second.by_convolution &&
         addresses[first.tensor] == addresses[second.tensor] && a.type == b.type &&
         a.dims == b.dims && a.strides == b.strides;
}

}  // namespace

std::vector<Finding> check_pack(const Graph& graph, const VariantPack& pack,
                                std::uint64_t workspace_bytes) {
  std::vector<Finding> findings;
  const auto add = [&](Fault fault, const std::string& message) {
    findings.push_back({fault, message, true});
  };
  if (pack.uids.size() != pack.pointers.size())
    add(Fault::kLibrary, "the variant pack has " + std::to_string(pack.uids.size()) + " uids and " +
                             std::to_string(pack.pointers.size()) + " pointers");
  for (std::size_t i = 0; i < pack.uids.size(); ++i)
    if (std::count(pack.uids.begin(), pack.uids.end(), pack.uids[i]) > 1)
      add(Fault::kLibrary, "the variant pack has uid " + std::to_string(pack.uids[i]) + " twice");
  if (!findings.empty()) return findings;
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.is_virtual) continue;
    const auto found = std::find(pack.uids.begin(), pack.uids.end(), tensor.uid);
    const std::uint64_t address =
        found == pack.uids.end()
            ? 0
            : pack.pointers[static_cast<std::size_t>(found - pack.uids.begin())];
    if (address == 0)
      add(Fault::kLibrary, "the variant pack has no pointer for " + tensor.describe());
    else if (address % static_cast<std::uint64_t>(tensor.alignment) != 0)
      add(Fault::kMisaligned, tensor.describe() + " is at " + hexadecimal(address) +
                                  ", but its descriptor promises an alignment of " +
                                  std::to_string(tensor.alignment) + " bytes");
  }
  if (workspace_bytes > 0 && pack.workspace == 0)
    add(Fault::kLibrary, "the plan needs a workspace of " + std::to_string(workspace_bytes) +
                             " bytes, the variant pack has none");
  return findings;
}

std::vector<std::uint64_t> addresses_of(const Graph& graph, const VariantPack& pack) {
  std::vector<std::uint64_t> addresses(graph.tensors.size(), 0);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i)
    for (std::size_t k = 0; k < pack.uids.size(); ++k)
      if (!graph.tensors[i].is_virtual && pack.uids[k] == graph.tensors[i].uid)
        addresses[i] = pack.pointers[k];
  return addresses;
}

std::string outside(Memory& memory, std::uint64_t address, std::uint64_t bytes) {
  const Allocation* const holder = memory.find(address);
  if (holder == nullptr) {
    const Allocation* const nearest = memory.nearest(address);
    const std::string place = hexadecimal(address) + " is not device memory of this device";
    if (nearest == nullptr || address < nearest->address) return place;
    return place + ", " + std::to_string(address - (nearest->address + nearest->bytes)) +
           " bytes past the end of " + nearest->describe();
  }
  if (!holder->live) return holder->describe();
  const std::uint64_t room = holder->address + holder->bytes - address;
  if (bytes <= room) return {};
  return std::to_string(bytes - room) + " bytes past the end of " + holder->describe();
}

std::vector<Finding> check_memory(const Graph& graph, const std::vector<std::uint64_t>& addresses,
                                  std::uint64_t workspace, std::uint64_t workspace_bytes,
                                  Memory& memory) {
  std::vector<Finding> findings;
  const std::vector<Touch> touched = touches(graph);
  std::vector<Range> ranges;
  const auto bounds = [&](const std::string& name, std::uint64_t address, std::uint64_t bytes) {
    const std::string reason = outside(memory, address, bytes);
    if (!reason.empty())
      findings.push_back({Fault::kGlobalBounds,
                          name + " takes " + std::to_string(bytes) + " bytes: " + reason, true});
    ranges.push_back({name, address, address + bytes});
  };
  for (const Touch& touch : touched) {
    const Tensor& tensor = graph.tensors[touch.tensor];
    bounds(tensor.describe(), addresses[touch.tensor], extent_bytes(tensor));
  }
  if (workspace_bytes > 0) bounds("the workspace", workspace, workspace_bytes);
  if (!findings.empty()) return findings;

  for (std::size_t i = 0; i < ranges.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      const bool written = i >= touched.size() || touched[i].writes || touched[k].writes;
      if (!written || !ranges[i].overlaps(ranges[k])) continue;
      if (i < touched.size() && in_place(graph, addresses, touched[i], touched[k])) continue;
      findings.push_back(
          {Fault::kLibrary, ranges[k].name + " and " + ranges[i].name + " overlap", false});
    }
  for (const Touch& touch : touched) {
    const Tensor& tensor = graph.tensors[touch.tensor];
    // What an earlier operation of the plan writes need not be there before.
    if (!touch.reads || touch.writes) continue;
    if (!initialised(memory, tensor, addresses[touch.tensor]))
      findings.push_back({Fault::kUninitialised,
                          tensor.describe() + " in " +
                              memory.find(addresses[touch.tensor])->describe() +
                              " is read, but not all of it was ever written",
                          false});
  }
  return findings;
}

}  // namespace cuda_sim::cudnn
