namespace Spool.Server;

/// <summary>Refuses options out of range, so that a server with a mistake does not start, and says which it is.</summary>
static class OptionRange
{
    static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Refuses a value that is too small.</summary>
    /// <param name="value">The value.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="option">The name of the option.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is.</exception>
    public static void AtLeast<T>(T value, T least, string option)
        where T : IComparable<T> => Check(value.CompareTo(least) >= 0, option, value, $"be at least {least}");

    /// <summary>Refuses a time that is too short, or longer than timers are.</summary>
    /// <param name="value">The value.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="option">The name of the option.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is.</exception>
    public static void Time(TimeSpan value, TimeSpan least, string option) =>
        Check(value >= least && value <= Longest, option, value, $"be at least {least} and at most {Longest.TotalDays} days");

    /// <summary>Refuses a value that is wrong.</summary>
    /// <param name="isRight">Whether it is right.</param>
    /// <param name="option">The name of the option.</param>
    /// <param name="value">The value.</param>
    /// <param name="must">What it has to be, after "has to".</param>
    /// <exception cref="ArgumentOutOfRangeException">It is wrong.</exception>
    public static void Check(bool isRight, string option, object? value, string must)
    {
        if (!isRight)
            throw new ArgumentOutOfRangeException(option, value, $"The option {option} has to {must}.");
    }
}
