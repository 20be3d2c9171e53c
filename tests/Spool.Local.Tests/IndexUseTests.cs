namespace Spool.Local.Tests;

/// <summary>How often a use of the index begins again, and what is done before.</summary>
public sealed class IndexUseTests
{
    [Fact]
    public void A_file_that_is_replaced_is_followed_so_many_times_and_then_given_up_for_one_in_memory()
    {
        var use = new IndexUse();

        Assert.All(
            Enumerable.Range(1, IndexDatabase.MostReplacements - 1),
            _ => Assert.Equal(IndexRemedy.Again, use.After(IndexFailure.Replaced, isInMemory: false))
        );
        Assert.Equal(IndexRemedy.KeepInMemory, use.After(IndexFailure.Replaced, isInMemory: false));
    }

    [Fact]
    public void A_file_that_is_bad_is_set_aside_once()
    {
        var use = new IndexUse();

        Assert.Equal(
            [IndexRemedy.SetAside, IndexRemedy.KeepInMemory, IndexRemedy.KeepInMemory, IndexRemedy.GiveUp],
            Enumerable.Range(1, 4).Select(_ => use.After(IndexFailure.Unusable, isInMemory: false))
        );
    }

    [Fact]
    public void Replacements_count_for_nothing_but_themselves()
    {
        var use = new IndexUse();

        for (var round = 1; round <= 3; round++)
        {
            Assert.Equal(IndexRemedy.Again, use.After(IndexFailure.Replaced, isInMemory: false));
            Assert.Equal(IndexRemedy.KeepInMemory, use.After(IndexFailure.Other, isInMemory: false));
        }
        Assert.Equal(IndexRemedy.GiveUp, use.After(IndexFailure.Other, isInMemory: false));
    }

    [Fact]
    public void An_error_of_an_index_in_memory_is_told()
    {
        Assert.Equal(IndexRemedy.GiveUp, new IndexUse().After(IndexFailure.Other, isInMemory: true));
        Assert.Equal(IndexRemedy.Again, new IndexUse().After(IndexFailure.Replaced, isInMemory: true)); // it is in its file again
    }

    [Fact]
    public void Every_use_ends_whatever_happens()
    {
        foreach (var failure in Enum.GetValues<IndexFailure>())
        {
            var use = new IndexUse();
            Assert.Contains(
                IndexRemedy.GiveUp,
                Enumerable.Range(1, IndexDatabase.MostReplacements + 5).Select(_ => use.After(failure, isInMemory: false))
            );
        }
    }
}
