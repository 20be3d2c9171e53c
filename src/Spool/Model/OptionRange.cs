namespace Spool.Storage;

/// <summary>Refuses options out of range, once for every store and server: what has a wrong option is not made, and the error names the
/// option, its range and the value.</summary>
public static class OptionRange
{
    static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Refuses a value that is too small.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="option">The name of the option.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is.</exception>
    public static void AtLeast<T>(T value, T least, string option)
        where T : IComparable<T>
    {
        ArgumentNullException.ThrowIfNull(value);
        Check(value.CompareTo(least) >= 0, option, value, $"be at least {least}");
    }

    /// <summary>Refuses a value that is too small or too large.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most that it may be.</param>
    /// <param name="option">The name of the option.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is.</exception>
    public static void Within<T>(T value, T least, T most, string option)
        where T : IComparable<T>
    {
        ArgumentNullException.ThrowIfNull(value);
        Check(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, option, value, $"be at least {least} and at most {most}");
    }

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
