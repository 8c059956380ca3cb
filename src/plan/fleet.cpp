#include "plan/fleet.h"

#include <fmt/format.h>

namespace paragon::plan {

HourlyPrice price_of(const Fleet& fleet, const Catalog& catalog) {
  HourlyPrice sum;
  for (const sim::Standing& part : fleet) sum += catalog.offer(part.offer).price * part.machines;
  return sum;
}

int machines_in(const Fleet& fleet) {
  int sum = 0;
  for (const sim::Standing& part : fleet) sum += part.machines;
  return sum;
}

std::string text_of(const Fleet& fleet, const Catalog& catalog) {
  std::string text;
  for (const sim::Standing& part : fleet) {
    text += fmt::format("{}{} x {}", text.empty() ? "" : " + ", part.machines,
                        catalog.offer(part.offer).name);
  }
  return text.empty() ? "no machines" : text;
}

double interruptions_per_month(const Fleet& fleet, const Catalog& catalog) {
  double sum = 0;
  for (const sim::Standing& part : fleet) {
    sum += part.machines * catalog.offer(part.offer).interruptions_per_month;
  }
  return sum;
}

}  // namespace paragon::plan
