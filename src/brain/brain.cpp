#include "brain/brain.h"

#include "base/check.h"
#include "brain/brain_impl.h"

namespace paragon {

Brain::Impl::Impl(const Catalog& the_catalog, BrainSettings the_settings, const MakeScheme& make)
    : catalog(the_catalog),
      settings(std::move(the_settings)),
      selector(catalog, settings.overhead, settings.machines_max > 0, settings.functions),
      estimates(catalog),
      function_terms(catalog, estimates),
      reach(catalog, function_terms, settings.overhead),
      monitor(catalog.variants().size()),
      fleet(catalog),
      functions(catalog),
      meter(catalog),
      budget(settings.budget_per_hour),
      scheme(make(settings)),
      work_per_query(catalog.machine_offers().size()),
      share_per_query(catalog.machine_offers().size()),
      blocked_until(catalog.machine_offers().size()),
      view{.now = {},
           .catalog = catalog,
           .load = monitor,
           .forecast = forecast,
           .machines = fleet.counts(),
           .work_per_query = work_per_query,
           .share_per_query = share_per_query,
           .blocked_until = blocked_until,
           .cheapest = {},
           .target_busy = settings.target_busy,
           .machines_min = settings.machines_min,
           .machines_max = settings.machines_max} {
  PARAGON_CHECK(scheme != nullptr, "no scheme named " + settings.scheme);
  view.functions = settings.functions && !catalog.function_offers().empty();
  look(Time{});
}

Brain::Brain(const Catalog& catalog, BrainSettings settings, const MakeScheme& scheme)
    : impl_(std::make_unique<Impl>(catalog, std::move(settings), scheme)) {}
Brain::~Brain() = default;
Brain::Brain(Brain&&) noexcept = default;

Route Brain::arrive(const Selected& selected, Time now) { return impl_->arrive(selected, now); }
Selected Brain::select(const Query& query) const { return impl_->select(query); }

Routes Brain::finish(QueryId query, const Outcome& outcome, Time now) {
  impl_->routes.clear();
  impl_->finish(query, outcome, now);
  return impl_->routes;
}

void Brain::expect(QueryId query) const { impl_->flights.prefetch(Flights::row_of(query)); }

Routes Brain::observe(const MachineEvent& event, Time now) {
  impl_->routes.clear();
  const std::uint32_t machine = impl_->fleet.find(event.machine);
  if (machine == kNoRow) {  // long gone, for events may repeat; or lost
    impl_->settle_lost(event, now);
    return impl_->routes;
  }
  switch (event.kind) {
    case MachineEventKind::ready:
      impl_->fleet.ready(machine);
      impl_->serve_waiting(now);
      break;
    case MachineEventKind::interrupted:
      impl_->lose_soon(machine, event.notice, now);
      break;
    case MachineEventKind::failed:
    case MachineEventKind::lost:
    case MachineEventKind::gone:
      impl_->lose_machine(machine, event, now);
      break;
  }
  return impl_->routes;
}

Routes Brain::wake(Time now) {
  impl_->routes.clear();
  impl_->leave_waiting(now);
  return impl_->routes;
}

Orders Brain::tick(Time now) {
  impl_->procure(now);
  return impl_->orders;
}

Time Brain::due() const { return std::min(impl_->waiting.next_leave(), impl_->suspects_clear); }

void Brain::adopt(MachineId machine, MachineOfferId offer, bool ready, Time now, Duration before) {
  if (impl_->fleet.find(machine) != kNoRow) return;
  impl_->machines_bought = std::max(impl_->machines_bought, machine.value);
  const std::uint32_t row = impl_->fleet.buy(machine, offer, now, before);
  impl_->meter.machine_bought(offer, now, before);
  impl_->budget.machine_bought(impl_->catalog.offer(offer), now);
  if (ready) impl_->fleet.ready(row);
}

void Brain::call_billed(FunctionOfferId offer, Duration billed, Time now) {
  impl_->meter.function_failed(offer, billed);
  impl_->budget.settle(dollars(0), call_price(impl_->catalog.offer(offer), billed), now);
}

void Brain::provisioned(const ProvisionedState& state, Time now) {
  impl_->functions.provision(state.variant, state.offer, state.ready);
  const Meter::KeptBefore before = impl_->meter.functions_kept(state, now);
  const auto price = [&](int environments) {
    return keeping_price(impl_->catalog, {state.offer, state.variant, environments});
  };
  impl_->budget.provisioned(price(before.environments), before.ahead, price(state.kept), now);
}

void Brain::accuracy_learned(VariantId variant, Accuracy accuracy) {
  impl_->selector.set_accuracy(variant, accuracy);
  impl_->reach.set_accuracy(variant, accuracy);
}

const Selector& Brain::selector() const { return impl_->selector; }
Constraints Brain::completed(const Query& query) const { return impl_->complete(query); }
const Catalog& Brain::catalog() const { return impl_->catalog; }
const BrainSettings& Brain::settings() const { return impl_->settings; }
const Meter& Brain::meter() const { return impl_->meter; }

BrainStatus Brain::status(Time now) const {
  BrainStatus status = impl_->counters;
  status.waiting = static_cast<int>(impl_->waiting.size());
  status.functions_running = impl_->functions.running();
  status.rate_10s = impl_->monitor.rate(std::chrono::seconds(10));
  status.rate_60s = impl_->monitor.rate(std::chrono::seconds(60));
  status.forecast = impl_->forecast.expect(impl_->view.provisioning);
  status.peak_to_median_10s = impl_->monitor.peak_to_median(View::kBurstSampling);
  status.functions_worthwhile = impl_->view.functions && impl_->view.bursty;
  status.spent_this_hour = impl_->budget.spent_this_hour(now);
  return status;
}

std::vector<MachineStatus> Brain::machines() const {
  std::vector<MachineStatus> list;
  for (std::uint32_t row = 0; row < impl_->fleet.rows(); ++row) {
    const Machine& m = impl_->fleet[row];
    if (!m.in_use) continue;
    list.push_back(
        {m.id, m.offer, m.state, static_cast<double>(m.used) / Fleet::kWhole, m.running, m.bought});
  }
  return list;
}

}  // namespace paragon
