using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Refuses numbers that were made values of an enum that has no such value, once for every store: that is misuse, as null
/// is.</summary>
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

    /// <summary>Refuses an append without items, or with a durability that there is not.</summary>
    /// <param name="request">The append.</param>
    /// <exception cref="ArgumentException">It is misuse.</exception>
    public static void Check(AppendRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Items, nameof(request));
        Check(request.Durability);
    }

    /// <summary>Refuses a request with a value that its enum does not have, or a filter that is null.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public static void Check(PageRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request.Direction);
        if (request is not ThreadQuery query)
            return;
        foreach (var values in (IReadOnlyList<string>[])[query.Sources, query.ModelProviders, query.Cwds])
        {
            ArgumentNullException.ThrowIfNull(values, nameof(request));
            if (values.Contains(null!))
                throw new ArgumentException("A filter has a value that is null.", nameof(request));
        }
        Check(query.Sort);
        Check(query.Archive);
        Check(query.Visibility);
    }
}
