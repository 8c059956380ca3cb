#include "figures/outcome.h"

namespace paragon::figures {

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::reached:
      return "reached";
    case Verdict::direction:
      return "same direction";
    case Verdict::opposite:
      return "opposite";
  }
  return "";
}

std::optional<double> Statement::difference() const {
  if (!ours || !paper_from) return std::nullopt;
  const double to = paper_to.value_or(*paper_from);
  if (*ours < *paper_from) return *ours - *paper_from;
  return *ours > to ? *ours - to : 0;
}

Verdict at_least(double ours, double paper) {
  if (ours >= paper) return Verdict::reached;
  return ours > 0 ? Verdict::direction : Verdict::opposite;
}

Verdict within(double ours, double from, double to) {
  if (ours >= from && ours <= to) return Verdict::reached;
  return ours * from > 0 ? Verdict::direction : Verdict::opposite;
}

}  // namespace paragon::figures
