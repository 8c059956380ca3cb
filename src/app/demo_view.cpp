#include "app/demo_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/live_screen.h"
#include "report/number.h"
#include "report/table.h"

namespace paragon {
namespace {

std::string quantile(const Histogram& histogram, double p) {
  return histogram.count() == 0 ? "-" : text_of(histogram.percentile(p));
}

std::string counted(std::uint64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string money_line(const ServerState& s) {
  return fmt::format("{} (machines {}, functions {})", text_of(s.machines + s.functions),
                     text_of(s.machines), text_of(s.functions));
}

}  // namespace

std::string demo_screen(const DemoMoment& m) {
  const ClassTally total = m.tally->total();
  std::string out = fmt::format("  {} {} / {}   {:.0f} queries/s\n\n",
                                bar_text(seconds(m.elapsed) / seconds(m.length), 40),
                                clock_text(m.elapsed), clock_text(m.length), m.sent_rate.value);
  out += fmt::format("  sent {}   answered {}   missed {}   in flight {}   accuracy {}\n\n",
                     count_text(total.sent), count_text(total.answered), count_text(total.missed()),
                     count_text(m.tally->in_flight()), percent_text(total.accuracy.value()));
  TextTable table({{"class", Align::left},
                   {"deadline"},
                   {"sent"},
                   {"missed"},
                   {"p50 now"},
                   {"p99 now"},
                   {"p50"},
                   {"p99"}});
  for (std::size_t i = 0; i < m.tally->classes().size(); ++i) {
    const ClassTally& one = m.tally->classes()[i];
    table.row({one.name, one.deadline ? text_of(*one.deadline) : "-", count_text(one.sent),
               count_text(one.missed()), quantile(m.recent[i], 50), quantile(m.recent[i], 99),
               quantile(one.latency, 50), quantile(one.latency, 99)});
  }
  out += table.text("  ");
  if (!m.server) return out;
  const ServerState& s = *m.server;
  std::string machines;
  for (int i = 0; i < s.ready; ++i) machines += "■";
  for (int i = 0; i < s.booting; ++i) machines += "□";
  out += fmt::format("\n  machines   {} ready, {} booting, {} draining   {}\n", s.ready, s.booting,
                     s.draining, machines);
  out +=
      fmt::format("  functions  {} running      waiting room {}\n", s.functions_running, s.waiting);
  out += fmt::format("  cost       {}\n", money_line(s));
  return out;
}

std::string demo_line(const DemoMoment& m) {
  const ClassTally total = m.tally->total();
  std::string out = fmt::format(
      "{} / {}  {:.0f}/s  sent {}  answered {}  missed {}  p50 {}  p99 {}", clock_text(m.elapsed),
      clock_text(m.length), m.sent_rate.value, count_text(total.sent), count_text(total.answered),
      count_text(total.missed()), quantile(total.latency, 50), quantile(total.latency, 99));
  if (m.server) {
    out += fmt::format("  machines {}+{} booting  functions {}  waiting {}  {}", m.server->ready,
                       m.server->booting, m.server->functions_running, m.server->waiting,
                       money_line(*m.server));
  }
  return out + "\n";
}

std::string bill_table(const std::optional<ServerState>& server) {
  if (!server) return {};
  TextTable table(
      {{"bill", Align::left}, {"bought", Align::left}, {"used"}, {"queries"}, {"cost"}});
  for (const bool functions : {false, true}) {
    for (const ServerState::Offer& offer : server->offers) {
      if (offer.function != functions) continue;
      if (functions) {
        table.row({"function " + offer.name, counted(offer.bought, "cold start"),
                   fmt::format("{} GB s", number_text(offer.gb_s)), count_text(offer.queries),
                   text_of(offer.cost)});
      } else {
        table.row({"machine " + offer.name, counted(offer.bought, "machine"), text_of(offer.used),
                   count_text(offer.queries), text_of(offer.cost)});
      }
    }
  }
  table.rule();
  table.row({"machines", fmt::format("idle {}", text_of(server->wasted)), "", "",
             text_of(server->machines)});
  table.row({"functions", "", "", "", text_of(server->functions)});
  table.row({"total", "", "", "", text_of(server->machines + server->functions)});
  return table.text("  ");
}

std::string history_plots(const ServerHistory& history) {
  const auto plot = [&](std::string title, std::vector<PlotLayer> layers) {
    return draw({std::move(title), history.from, history.to, std::move(layers)}, "  ");
  };
  return plot("queries a second", {{"", history.rate}}) + "\n" +
         plot("machines", {{"ready", history.ready}, {"booting", history.booting}}) + "\n" +
         plot("functions running", {{"", history.functions}});
}

}  // namespace paragon
