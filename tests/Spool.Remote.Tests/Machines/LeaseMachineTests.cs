using Spool.Server;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>The server's side of the writer's protocol alone: in every state that a lease can come to, every two things that may happen
/// next, one behind the other, against the rules in plain words.</summary>
public sealed class LeaseMachineTests
{
    const int MostUnderWay = 2;
    const int MostStreams = 3;

    static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    [Fact, Guarantee("STAT-05")]
    public void Whatever_happens_to_a_lease_in_whatever_state_its_rules_hold()
    {
        var reached = new Dictionary<string, List<Happening>> { [new Rules().Shape] = [] };
        var open = new Queue<List<Happening>>([
            [],
        ]);
        var pairs = 0;
        while (open.TryDequeue(out var path))
        {
            foreach (var first in Possible(path))
            {
                List<Happening> longer = [.. path, first];
                var rules = Run(longer);
                if (reached.TryAdd(rules.Shape, longer))
                    open.Enqueue(longer);
                foreach (var second in Possible(longer))
                {
                    Run([.. longer, second]);
                    pairs++;
                }
            }
        }

        Assert.InRange(reached.Count, 200, 5000);
        Assert.True(pairs > 10_000, $"{pairs} pairs in {reached.Count} states");
    }

    [Fact]
    public void What_a_client_says_of_a_lease_that_cannot_be_is_noticed()
    {
        var machine = new LeaseMachine(Idle, TimeSpan.Zero);
        Assert.Throws<InvalidOperationException>(() => machine.Begun(isQuestion: false));
    }

    static IEnumerable<Happening> Possible(List<Happening> path)
    {
        var rules = Run(path);
        return Happening.All.Where(happening => happening.IsPossible(rules));
    }

    static Rules Run(List<Happening> path)
    {
        var rules = new Rules();
        var machine = new LeaseMachine(Idle, rules.Now);
        rules.Compare(machine, path);
        foreach (var happening in path)
        {
            happening.Do(rules, machine);
            rules.Compare(machine, path);
        }
        return rules;
    }

    /// <summary>Something that happens to a lease.</summary>
    sealed record Happening(string Name, Func<Rules, bool> IsPossible, Action<Rules, LeaseMachine> Do)
    {
        public static readonly IReadOnlyList<Happening> All =
        [
            new(
                "a stream",
                rules => rules.Last < MostStreams,
                (rules, machine) => Assert.Equal(rules.Begin(rules.Last + 1), machine.BeginStream(rules.Last))
            ),
            new(
                "a stream without a number",
                rules => rules.Last < MostStreams,
                (rules, machine) => Assert.Equal(rules.Begin(rules.Last + 1), machine.BeginStream(0))
            ),
            new("a stream that comes late", rules => rules.Last > 0, (rules, machine) => Assert.Null(machine.BeginStream(rules.Last))),
            new(
                "an opening behind the last stream",
                _ => true,
                (rules, machine) =>
                {
                    machine.Follow(rules.Last);
                    rules.Follow(rules.Last);
                }
            ),
            new(
                "an opening behind streams that never came",
                rules => rules.Last < MostStreams,
                (rules, machine) =>
                {
                    machine.Follow(rules.Last + 1);
                    rules.Follow(rules.Last + 1);
                }
            ),
            new("an opening that comes late", rules => rules.Last > 0, (rules, machine) => machine.Follow(rules.Last - 1)),
            new(
                "a message",
                rules => rules.UnderWay.Count < MostUnderWay && rules.Turn(rules.Last, true) == StreamTurn.Now,
                (rules, machine) =>
                {
                    machine.Begun(isQuestion: false);
                    rules.Add(isQuestion: false);
                }
            ),
            new(
                "a question",
                rules => rules.UnderWay.Count < MostUnderWay && rules.Turn(rules.Last, true) == StreamTurn.Now,
                (rules, machine) =>
                {
                    machine.Begun(isQuestion: true);
                    rules.Add(isQuestion: true);
                }
            ),
            .. from place in Enumerable.Range(0, MostUnderWay)
            from wasRefused in new[] { false, true }
            select new Happening(
                $"the end of message {place}{(wasRefused ? ", refused" : "")}",
                rules => place < rules.UnderWay.Count,
                (rules, machine) =>
                {
                    machine.Ended(rules.UnderWay[place], wasRefused);
                    rules.End(place, wasRefused);
                }
            ),
            new(
                "a use",
                rules => rules.Uses < 1,
                (rules, machine) =>
                {
                    Assert.Equal(!rules.IsClosed, machine.TryUse());
                    rules.Uses += rules.IsClosed ? 0 : 1;
                }
            ),
            new(
                "the end of a use",
                rules => rules.Uses > 0,
                (rules, machine) =>
                {
                    machine.EndUse(rules.Now);
                    rules.Uses--;
                    rules.Renewed = rules.Now;
                }
            ),
            new(
                "a renewal",
                _ => true,
                (rules, machine) =>
                {
                    machine.Renew(rules.Now);
                    rules.Renewed = rules.Now;
                }
            ),
            new("time", rules => rules.Now - rules.Renewed < Idle, (rules, _) => rules.Now = rules.Renewed + Idle),
            new(
                "a look at the time",
                _ => true,
                (rules, machine) =>
                {
                    var expires = rules.Uses == 0 && (rules.IsClosed || rules.Now - rules.Renewed >= Idle);
                    Assert.Equal(expires, machine.TryExpire(rules.Now));
                    rules.IsClosed |= expires;
                }
            ),
            new(
                "an unknown outcome",
                _ => true,
                (rules, machine) =>
                {
                    machine.Doubt();
                    rules.IsInDoubt = true;
                }
            ),
            new(
                "a close",
                _ => true,
                (rules, machine) =>
                {
                    machine.Close();
                    rules.IsClosed = true;
                }
            ),
        ];

        public override string ToString() => Name;
    }

    /// <summary>The rules in plain words.</summary>
    sealed class Rules
    {
        /// <summary>Gets the last stream that was begun, or behind which the writer was opened.</summary>
        public long Last { get; private set; }

        /// <summary>Gets or sets whether anything more of it is taken: it was begun, and nothing of it was refused, and the writer not
        /// opened behind it.</summary>
        public bool Takes { get; set; }

        /// <summary>Gets the streams of what was begun and has not come to its end, in order.</summary>
        public List<long> UnderWay { get; } = [];

        /// <summary>Gets or sets whether a question was begun since the last time at which nothing was under way.</summary>
        public bool HasAsked { get; set; }

        public int Uses { get; set; }

        public bool IsClosed { get; set; }

        public bool IsInDoubt { get; set; }

        public TimeSpan Now { get; set; }

        public TimeSpan Renewed { get; set; }

        /// <summary>Gets all that matters for what may happen next.</summary>
        public string Shape => $"{Last} {Takes} [{string.Join(' ', UnderWay)}] {HasAsked} {Uses} {IsClosed} {IsInDoubt} {Now - Renewed}";

        public long? Begin(long number)
        {
            (Last, Takes) = (number, true);
            return number;
        }

        public void Follow(long number) => (Last, Takes) = (number, false);

        public void Add(bool isQuestion)
        {
            UnderWay.Add(Last);
            HasAsked |= isQuestion;
        }

        public void End(int place, bool wasRefused)
        {
            Takes &= !wasRefused || UnderWay[place] != Last;
            UnderWay.RemoveAt(place);
            HasAsked &= UnderWay.Count > 0;
        }

        public StreamTurn Turn(long stream, bool mayFollow)
        {
            if (IsClosed || stream != Last || !Takes)
                return StreamTurn.Never;
            return UnderWay.Count == 0 || mayFollow && !HasAsked && UnderWay.TrueForAll(other => other == stream)
                ? StreamTurn.Now
                : StreamTurn.Later;
        }

        public void Compare(LeaseMachine machine, List<Happening> path)
        {
            if ((machine.IsClosed, machine.IsInDoubt, machine.IsQuiet) != (IsClosed, IsInDoubt, UnderWay.Count == 0))
                Assert.Fail(string.Join(", ", path));
            for (var stream = Last - 1; stream <= Last + 1; stream++)
            {
                if ((machine.Next(stream, false), machine.Next(stream, true)) != (Turn(stream, false), Turn(stream, true)))
                    Assert.Fail($"stream {stream}: {string.Join(", ", path)}");
            }
        }
    }
}
