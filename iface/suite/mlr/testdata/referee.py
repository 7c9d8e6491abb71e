# Runs the reference library (MLRsearch 1.2.1, Apache License 2.0, not part of
# this program) on scripted devices: one case a line on stdin, one answer a line
# on stdout. A case's device loses by the grid number of the load and by the
# number of the trial alone, so that both searches see the same device.
import json, math, sys

from MLRsearch import (AbstractMeasurer, Config, MeasurementResult,
                       MultipleLossRatioSearch, SearchGoal)

FRAMES = 1000000


def noise(seed, n):
    x = (seed * 6364136223846793005 + n * 1442695040888963407 + 1) & 0xFFFFFFFFFFFFFFFF
    for _ in range(3):
        x ^= x >> 29
        x = x * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 32
    return (x >> 11) / float(1 << 53)


def loss(case, k, n, duration):
    over = (k - case["truth"]) * case["per_step"]
    lost = int(over * FRAMES) if over > 0 else 0
    if noise(case["seed"], n) < case["stall"] * duration:
        lost += 500 + int(5000 * noise(case["seed"] + 1, n))
    return min(lost, FRAMES)


class Device(AbstractMeasurer):
    def __init__(self, case):
        self.case, self.trials, self.rounding = case, [], None

    def measure(self, intended_duration, intended_load):
        k = self.search.rounding.float2int(intended_load)
        n = len(self.trials)
        self.trials.append([k, intended_duration])
        return MeasurementResult(
            intended_duration=intended_duration, intended_load=intended_load,
            offered_count=FRAMES, loss_count=loss(self.case, k, n, intended_duration))


for line in sys.stdin:
    case = json.loads(line)
    goals = [SearchGoal(
        loss_ratio=g["loss"], exceed_ratio=g["exceed"], relative_width=g["width"],
        initial_trial_duration=g["initial_s"], final_trial_duration=g["trial_s"],
        duration_sum=g["sum_s"], preceding_targets=g["preceding"], fail_fast=False)
        for g in case["config"]["goals"]]
    config = Config(goals=goals, min_load=case["config"]["min"], max_load=case["config"]["max"],
                    search_duration_max=1e9, warmup_duration=case["config"]["warmup_s"])
    search = MultipleLossRatioSearch(config=config)
    device = Device(case)
    device.search = search
    results = search.search(device, debug=lambda text: None)
    found = []
    for goal in goals:
        r = results[goal]
        try:
            throughput = r.conditional_throughput
        except RuntimeError:  # it refuses to multiply a load by 0
            throughput = None
        found.append([int(b) if b else None for b in (r.relevant_lower_bound, r.relevant_upper_bound)]
                     + [float(throughput) if throughput else None])
    print(json.dumps({"trials": device.trials, "found": found}), flush=True)
