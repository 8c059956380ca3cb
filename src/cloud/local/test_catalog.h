// A catalog for the tests of the local cloud: two variants, one machine offer, one function offer,
// small and quick.
#pragma once

#include "catalog/catalog.h"

namespace paragon {

inline Catalog::Parts small_parts() {
  Catalog::Parts parts;
  Task task;
  task.name = "echo";
  task.input = InputKind::tensor;
  task.output = OutputKind::tensor;
  parts.tasks.push_back(task);
  for (const char* name : {"small", "large"}) {
    Variant variant;
    variant.name = name;
    variant.task = TaskId{0};
    variant.family = name;
    variant.precision = "fp32";
    variant.file = "none.onnx";
    variant.accuracy.top1 = accuracy(0.9);
    variant.memory = megabytes(64);
    parts.variants.push_back(variant);
    parts.profiles.push_back({std::chrono::milliseconds(1), std::chrono::milliseconds(2),
                              std::chrono::milliseconds(10)});
  }
  MachineOffer machine;
  machine.name = "m.small";
  machine.vcpus = vcpus(2);
  machine.speed = 0.5;
  machine.memory = megabytes(1024);
  machine.price = per_hour(0.1);
  machine.provisioning_delay = {std::chrono::milliseconds(30), 0.1};
  parts.machine_offers.push_back(machine);
  FunctionOffer function;
  function.name = "f-512mb";
  function.memory = megabytes(512);
  function.vcpus = vcpus(1);
  function.speed = 1;
  function.price = per_gb_second(0.0000166667);
  function.price_per_call = dollars(0.0000002);
  function.cold_start = {std::chrono::milliseconds(5), 0};
  function.concurrency_limit = 4;
  function.payload_bytes_max = 10'000;
  parts.function_offers.push_back(function);
  return parts;
}

}  // namespace paragon
