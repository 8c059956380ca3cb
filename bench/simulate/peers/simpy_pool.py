"""SimPy: a process a request, and a resource with as many units as there are slots (scenario.h)."""
import math
import sys

MASK = (1 << 64) - 1
SLOTS, SERVICE_MEDIAN_NS, SERVICE_SIGMA, RATE, DEADLINE_NS = 400, 100e6, 0.2, 3700, 200_000_000


def uniform(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        yield (float(z >> 11) + 0.5) * 2.0**-53


def requests_of(count):
    """Gap to the next arrival and service time, in ns."""
    gaps, services = uniform(2020), uniform(2021)
    for _ in range(count):
        gap = int(-math.log(next(gaps)) * (1e9 / RATE))
        r = math.sqrt(-2 * math.log(next(services)))
        normal = r * math.cos(2 * math.pi * next(services))
        yield gap, int(SERVICE_MEDIAN_NS * math.exp(SERVICE_SIGMA * normal))


class Answer:
    def __init__(self):
        self.requests = self.late = self.latency_sum_ns = 0

    def record(self, latency_ns):
        self.requests += 1
        self.late += latency_ns > DEADLINE_NS
        self.latency_sum_ns += latency_ns


def run_simpy2(requests, answer):
    from SimPy.Simulation import Process, Resource, Simulation, hold, release, request

    simulation = Simulation()
    slots = Resource(capacity=SLOTS, sim=simulation)

    class Request(Process):
        def run(self, service):
            arrived = self.sim.now()
            yield request, self, slots
            yield hold, self, service
            yield release, self, slots
            answer.record(self.sim.now() - arrived)

    class Arrivals(Process):
        def run(self):
            for gap, service in requests_of(requests):
                yield hold, self, gap
                one = Request(sim=self.sim)
                self.sim.activate(one, one.run(service))

    arrivals = Arrivals(sim=simulation)
    simulation.activate(arrivals, arrivals.run(), at=0)
    simulation.simulate(until=1 << 62)


def run_simpy3(requests, answer):
    import simpy

    environment = simpy.Environment()
    slots = simpy.Resource(environment, capacity=SLOTS)

    def one(service):
        arrived = environment.now
        with slots.request() as slot:
            yield slot
            yield environment.timeout(service)
        answer.record(environment.now - arrived)

    def arrivals():
        for gap, service in requests_of(requests):
            yield environment.timeout(gap)
            environment.process(one(service))

    environment.process(arrivals())
    environment.run()


def main():
    answer = Answer()
    try:
        import SimPy.Simulation  # noqa: F401  Debian 12 ships SimPy 2

        run_simpy2(int(sys.argv[1]), answer)
    except ImportError:
        run_simpy3(int(sys.argv[1]), answer)
    print(f"requests={answer.requests} late={answer.late} latency_sum_ns={answer.latency_sum_ns}")


if __name__ == "__main__":
    main()
