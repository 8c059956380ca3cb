#include "cloud/aws/actions.h"

#include "probe.h"

namespace paragon::aws::probe {

Json actions_made(const Json&) {
  Json out = Json::array();
  for (const Action& one : actions::kAll)
    out.push_back({{"name", one.name}, {"permission", one.permission}, {"changes", one.changes}});
  return out;
}

}  // namespace paragon::aws::probe
