using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Spool.Local.Tests;
using Spool.TestKit;
using Spool.Tests;

namespace Spool.Remote.Tests;

/// <summary>All stores do the same: random homes and programs, and everything that can be seen of them, errors included.</summary>
public sealed class AgreementTests
{
    const int MostTold = 8;

    [Fact, Guarantee("CORE-20")]
    public async Task Every_store_does_the_same_whatever_is_asked_of_it()
    {
        var (first, count) = Range();
        var next = first - 1;
        var differences = new ConcurrentQueue<string>();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(WorkAsync)));
        Assert.True(differences.IsEmpty, string.Join('\n', differences));

        async Task WorkAsync()
        {
            await using var servers = new Servers();
            await servers.StartAsync();
            for (int seed; differences.Count < MostTold && (seed = Interlocked.Increment(ref next)) < first + count; )
            {
                if (await DifferenceAsync(seed, servers) is { } difference)
                    differences.Enqueue(difference);
            }
        }
    }

    // SPOOL_PROGRAMS=FIRST+COUNT is the long run, and replays a program.
    static (int First, int Count) Range()
    {
        var words = (Environment.GetEnvironmentVariable("SPOOL_PROGRAMS") ?? "0+400").Split('+');
        return (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
    }

    // A program that fails is run again with ever less.
    static async Task<string?> DifferenceAsync(int seed, Servers servers)
    {
        var program = new AgreedProgram(seed);
        var (seeds, steps) = (program.Seeds.ToList(), program.Steps.ToList());
        if (await CompareAsync(seed, seeds, steps, servers) is not { } difference)
            return null;
        for (var isSmaller = true; isSmaller; )
        {
            isSmaller = false;
            for (var i = steps.Count - 1; i >= 0; i--)
            {
                if (await CompareAsync(seed, seeds, [.. steps.Where((_, place) => place != i)], servers) is not { } smaller)
                    continue;
                (difference, isSmaller) = (smaller, true);
                steps.RemoveAt(i);
            }
            for (var i = seeds.Count - 1; i >= 0; i--)
            {
                if (await CompareAsync(seed, [.. seeds.Where((_, place) => place != i)], steps, servers) is not { } smaller)
                    continue;
                (difference, isSmaller) = (smaller, true);
                seeds.RemoveAt(i);
            }
        }
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"program {seed}: {difference}\n");
        foreach (var put in seeds)
        {
            text.Append(CultureInfo.InvariantCulture, $"home: {put.Id} {put.Place} {put.End} {put.Name}\n");
            foreach (var line in put.Lines)
                text.Append("    ").Append(Encoding.Latin1.GetString(line.Span)).Append('\n');
        }
        foreach (var step in steps)
            text.Append(CultureInfo.InvariantCulture, $"{step.Number}. {step.Text}\n");
        return text.ToString();
    }

    static async Task<string?> CompareAsync(int number, List<ThreadSeed> seeds, List<Step> steps, Servers servers)
    {
        List<string>? expected = null;
        foreach (var (name, make) in servers.SubjectsOf(number))
        {
            List<string> seen;
            await using (var subject = make())
                seen = await subject.RunAsync(number, seeds, steps);
            if (expected is null)
            {
                expected = seen;
                continue;
            }
            for (var i = 0; i < expected.Count; i++)
            {
                if (expected[i] != seen[i])
                    return $"after {(i < steps.Count ? $"{steps[i].Number}. {steps[i].Text}" : "the end")}\nInMemory says {expected[i]}\n{name} says {seen[i]}";
            }
        }
        return null;
    }

    sealed class Servers : IAsyncDisposable
    {
        readonly AgreeingServers _overMemory = new();
        readonly AgreeingServers _overLocal = new();

        // The remote store stands before one or the other, in turn: it costs most of all, and what is behind it is compared anyway.
        public IReadOnlyList<(string Name, Func<Subject> Make)> SubjectsOf(int number) =>
            [
                ("InMemory", HarnessSubject.InMemory),
                ("Local", HarnessSubject.Local),
                (number & 1) == 0
                    ? ("Remote over InMemory", () => new ServedSubject(time => new InMemoryHarness(time), _overMemory))
                    : ("Remote over Local", () => new ServedSubject(time => new LocalHarness { Time = time }, _overLocal)),
            ];

        public async Task StartAsync()
        {
            await _overMemory.StartAsync();
            await _overLocal.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _overMemory.DisposeAsync();
            await _overLocal.DisposeAsync();
        }
    }
}
