using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Refuses numbers that were made values of an enum that has no such value, once for every store: that is misuse, as null is.</summary>
public static class DefinedValues
{
    /// <summary>Refuses a value that its enum does not have.</summary>
    /// <typeparam name="T">An enum that is no set of flags.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="name">What the exception calls it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public static void Check<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentOutOfRangeException(name, value, $"{typeof(T).Name} has no such value.");
    }

    /// <summary>Refuses a request with a value that its enum does not have.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public static void Check(PageRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request.Direction);
        if (request is not ThreadQuery query)
            return;
        Check(query.Sort);
        Check(query.Archive);
        Check(query.Visibility);
    }
}
