namespace Spool.Remote.Tests;

/// <summary>A connection at a time. It is slow by chance, and it breaks: what is on its way is lost, or, as on a connection that only one
/// side gave up, still arrives at the server later.</summary>
sealed class SimNetwork(SimClock clock, Random random)
{
    Connection _current = new();

    /// <summary>Gets or sets whether it still breaks.</summary>
    public bool IsHealed { get; set; }

    /// <summary>Gets the connection that new streams and calls use.</summary>
    public Connection Current => _current;

    /// <summary>Breaks the connection. Whoever uses it learns of it sooner or later.</summary>
    public void Break()
    {
        var broken = _current;
        _current = new Connection();
        broken.IsBroken = true;
        broken.DeliversLate = random.Next(3) == 0;
        foreach (var learn in broken.Users)
            clock.In(Delay(), learn);
    }

    /// <summary>Carries something to the server.</summary>
    public void ToServer(Connection connection, Lane lane, Action deliver)
    {
        lane.At = Max(lane.At, clock.Now + Delay());
        clock.At(
            lane.At,
            () =>
            {
                if (!connection.IsBroken)
                    deliver();
                else if (connection.DeliversLate)
                {
                    // What is late keeps its order: it was in the buffers of one connection.
                    lane.At = Max(lane.At, clock.Now + TimeSpan.FromMilliseconds(random.Next(random.Next(3) == 0 ? 3000 : 30)));
                    clock.At(lane.At, deliver);
                }
            }
        );
    }

    /// <summary>Carries something to the client.</summary>
    public void ToClient(Connection connection, Lane lane, Action deliver)
    {
        lane.At = Max(lane.At, clock.Now + Delay());
        clock.At(
            lane.At,
            () =>
            {
                if (!connection.IsBroken)
                    deliver();
            }
        );
    }

    public TimeSpan Delay() => TimeSpan.FromMilliseconds(random.Next(random.Next(12) == 0 && !IsHealed ? 400 : 4));

    static TimeSpan Max(TimeSpan x, TimeSpan y) => x > y ? x : y;

    /// <summary>A connection.</summary>
    public sealed class Connection
    {
        public bool IsBroken { get; set; }

        public bool DeliversLate { get; set; }

        public List<Action> Users { get; } = [];
    }

    /// <summary>One direction of a stream, in which nothing overtakes.</summary>
    public sealed class Lane
    {
        public TimeSpan At { get; set; }
    }
}
