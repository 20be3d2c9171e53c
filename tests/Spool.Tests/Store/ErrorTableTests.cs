using Xunit;

namespace Spool.Tests;

public sealed class ErrorTableTests
{
    // What every version of Spool knows since the first one with a server.
    static readonly string[] Groups =
    [
        "INTERNAL",
        "INVALID_REQUEST",
        "NOT_FOUND",
        "CONFLICT",
        "ARCHIVED",
        "RESOURCE_EXHAUSTED",
        "UNAVAILABLE",
        "CORRUPT",
        "UNSUPPORTED",
    ];

    static List<ErrorRow> Rows => [.. Enum.GetValues<ThreadStoreErrorCode>().Select(ErrorTable.For)];

    [Fact]
    public void Every_code_has_its_row_and_comes_back_from_its_name()
    {
        foreach (var code in Enum.GetValues<ThreadStoreErrorCode>())
        {
            Assert.Equal(code, ErrorTable.For(code).Code);
            Assert.Equal(ErrorTable.For(code), ErrorTable.ForName(ErrorTable.For(code).Name));
        }
        Assert.Equal(Rows.Count, Rows.Select(row => row.Name).Distinct().Count());
    }

    [Fact]
    public void Groups_are_the_words_that_every_version_knows_and_each_has_a_row_to_act_by()
    {
        Assert.Equal(Groups.Order(StringComparer.Ordinal), Rows.Select(row => row.Group).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Groups, group => Assert.Equal(group, ErrorTable.ForGroup(group)!.Group));
    }

    [Fact]
    public void No_number_of_a_wire_means_success_or_something_that_Spool_does_not_say()
    {
        Assert.All(Rows, row => Assert.InRange(row.GrpcStatus, 3, 16)); // 1 and 2 are what a connection makes of its own troubles
        Assert.All(Rows, row => Assert.Contains(row.JsonRpcCode, new[] { -32600, -32601, -32602, -32603, -32001 }));
        Assert.All(Rows, row => Assert.InRange(row.ExitCode, 1, 8));
    }

    [Fact]
    public void An_unknown_name_or_group_has_no_row()
    {
        Assert.Null(ErrorTable.ForName("OK"));
        Assert.Null(ErrorTable.ForGroup("OK"));
    }
}
